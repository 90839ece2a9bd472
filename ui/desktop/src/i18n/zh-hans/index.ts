// Simplified Chinese: for mainland readers.
import { administration } from "./administration";
import { settingsOf } from "./settings-of";
import { decision } from "./decision";
import { call } from "./call";
import { common } from "./common";
import { customers } from "./customers";
import { handover } from "./handover";
import { history } from "./history";
import { imports } from "./imports";
import { line } from "./line";
import { notices } from "./notices";
import { presence } from "./presence";
import { settings } from "./settings";
import { signIn } from "./sign-in";
import type { Catalogue } from "..";

export const zhHans: Catalogue = { ...common, ...signIn, ...presence, ...call, ...handover, ...customers, ...history, ...imports, ...line, ...settings, ...notices, ...administration, ...settingsOf, ...decision };
