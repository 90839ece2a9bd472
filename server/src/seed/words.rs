//! The people and the reasons of the demonstration data, in English and Chinese.

/// Family name first in both, as records keep them; the order on screen is the name's own.
pub(super) const ENGLISH_FIRST: &[&str] = &[
    "Amelia", "Ben", "Clara", "Daniel", "Edith", "Femi", "Grace", "Hassan", "Isla", "Jonas",
    "Katarina", "Liam", "Marta", "Nadia", "Oscar", "Priya", "Quentin", "Rosa", "Samuel", "Tara",
    "Umar", "Vera", "Will", "Yasmin", "Zoe",
];
pub(super) const ENGLISH_LAST: &[&str] = &[
    "Abbott",
    "Bergström",
    "Castillo",
    "Dunne",
    "Eriksen",
    "Fairweather",
    "Gallagher",
    "Hughes",
    "Ibrahim",
    "Jensen",
    "Kowalski",
    "Lindqvist",
    "Morales",
    "Novak",
    "Okafor",
    "Patel",
    "Quinn",
    "Rossi",
    "Sato",
    "Thornton",
    "Usman",
    "Varga",
    "Whitfield",
    "Yilmaz",
];
pub(super) const CHINESE_LAST: &[&str] = &[
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "林", "郭", "何", "高",
];
pub(super) const CHINESE_FIRST: &[&str] = &[
    "秀英", "建国", "雨涵", "浩然", "静怡", "志强", "晓梅", "思远", "美玲", "俊杰", "丽华", "子轩",
    "文博", "婷婷", "国栋", "雅琴", "明哲", "春燕",
];

pub(super) const LABELS: &[&str] = &[
    "Broadband 100M",
    "Broadband 500M",
    "Broadband 1000M",
    "Mobile",
    "Mobile ×2",
    "TV",
    "Fixed line",
    "Business",
];

/// Why somebody called and what came of it.
pub(super) struct Story {
    pub(super) topic: &'static str,
    pub(super) note: &'static str,
    pub(super) disposition: &'static str,
}

const fn story(topic: &'static str, note: &'static str, disposition: &'static str) -> Story {
    Story {
        topic,
        note,
        disposition,
    }
}

pub(super) const ENGLISH: &[Story] = &[
    story(
        "Internet drops every evening",
        "Line test clean; router was on channel 6 with eleven neighbours. Moved it to 5 GHz, asked to watch it until Friday.",
        "solved",
    ),
    story(
        "Bill is higher than last month",
        "Roaming on 12–14 in Portugal, outside the bundle. Explained the charge, added the Europe pass from now on.",
        "information",
    ),
    story(
        "Moving house on the first of next month",
        "New address is on fibre. Move booked for the 1st between 8 and 12; old line ends the same evening.",
        "solved",
    ),
    story(
        "Engineer did not come",
        "Appointment was set to the old address. Apologised, rebooked for tomorrow morning, 20 off the next bill.",
        "complaint",
    ),
    story(
        "New SIM does not work",
        "SIM was not activated at dispatch. Activated while on the line; first call tested.",
        "solved",
    ),
    story(
        "Wants to know about 1000M",
        "Available at the address. Thinks about it until the contract ends in May; call back with the offer for regulars.",
        "callback",
    ),
    story(
        "Router lights are red",
        "Power supply failed. Replacement sent by courier, arrives tomorrow; the old one goes back in the same box.",
        "solved",
    ),
    story(
        "Cannot sign in to the account page",
        "Address was typed with a full stop at the end. Reset sent, signed in while talking.",
        "solved",
    ),
    story(
        "Cancel the TV package",
        "Keeps broadband. TV ends with the month; box to be returned within 14 days, label mailed.",
        "solved",
    ),
    story(
        "Number transfer takes too long",
        "Other provider has rejected the date of birth. Sent back with the right one; forwarded to porting desk.",
        "forwarded",
    ),
    story(
        "Slow upload at the office",
        "Business line, 40 of 100 up. Noise on the pair; forwarded to second line with the measurements.",
        "forwarded",
    ),
    story(
        "Looking for another company",
        "Wanted the electricity supplier. Gave their number.",
        "wrong_number",
    ),
];

pub(super) const CHINESE: &[Story] = &[
    story(
        "晚上网速很慢",
        "测线正常，路由器放在电视柜里。建议移到客厅中央，改用 5G 频段，周末回访。",
        "callback",
    ),
    story(
        "账单金额不对",
        "上月国际漫游产生流量费，已解释明细，并开通亚洲漫游包。",
        "information",
    ),
    story(
        "宽带升级到 500M",
        "地址已覆盖光纤，预约周三上午上门更换光猫，费率下月生效。",
        "solved",
    ),
    story(
        "搬家移机",
        "新地址在浦东，已登记移机，预约月初第一个周六，原号码保留。",
        "solved",
    ),
    story(
        "手机没有信号",
        "当地基站检修，预计今晚六点恢复，已登记短信通知。",
        "information",
    ),
    story(
        "师傅没有按时上门",
        "系统里地址缺少门牌号，已致歉并改约明天下午，赠送一个月月租。",
        "complaint",
    ),
    story(
        "副卡要停机",
        "副卡遗失，已停机并补寄新卡，两天内送达。",
        "solved",
    ),
    story(
        "咨询老客户套餐",
        "介绍了 Mobile ×2 套餐，客户要和家人商量，下周再联系。",
        "callback",
    ),
    story(
        "光猫红灯闪烁",
        "远程重启无效，判断光纤弯折，已派单给维修组。",
        "forwarded",
    ),
];
