//! A tray as a desktop environment has it, for a test to read and to choose from: `StatusNotifierItem` and its menu over
//! `com.canonical.dbusmenu`.

use crate::bus::Bus;
use crate::wait;
use anyhow::{Context, Result, bail};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use zbus::blocking::{Connection, Proxy};
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Structure, Value};

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";

/// One line of a menu; those of its submenus follow it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub id: i32,
    pub text: String,
    pub is_enabled: bool,
    pub depth: usize,
}

/// Bus name and object path.
type Item = (String, String);
type Items = Arc<Mutex<Vec<Item>>>;
/// `(id, properties, children)`, as the menu's protocol nests them.
type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

/// The tray of one bus.
pub struct Tray {
    bus: Connection,
    items: Items,
}

struct Watcher {
    items: Items,
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(
        &self,
        service: String,
        #[zbus(header)] header: zbus::message::Header<'_>,
    ) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        // libayatana-appindicator gives the path of its object, KDE's own items give a name.
        let item = if service.starts_with('/') {
            (sender, service)
        } else {
            (service, "/StatusNotifierItem".to_owned())
        };
        let mut items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        items.push(item);
    }

    fn register_status_notifier_host(&self, _service: String) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        let items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        items
            .iter()
            .map(|(name, path)| format!("{name}{path}"))
            .collect()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

impl Tray {
    /// Takes the watcher's name on `bus`.
    ///
    /// # Errors
    /// When somebody else has it.
    pub fn start(bus: &Bus) -> Result<Self> {
        let items = Items::default();
        let watcher = Watcher {
            items: Arc::clone(&items),
        };
        let bus = bus
            .builder()?
            .serve_at("/StatusNotifierWatcher", watcher)?
            .name(WATCHER)?
            .build()
            .context("serving a tray")?;
        Ok(Self { bus, items })
    }

    /// The newest item's menu, opened as a click on the icon opens it.
    ///
    /// # Errors
    /// When there is no item, or it has no menu.
    pub fn menu(&self) -> Result<Vec<Line>> {
        let menu = self.menu_proxy()?;
        let _needs_update: bool = menu.call("AboutToShow", &(0_i32,))?;
        let none: &[&str] = &[];
        let (_revision, layout): (u32, Layout) = menu.call("GetLayout", &(0_i32, -1_i32, none))?;
        let mut lines = Vec::new();
        for child in layout.2 {
            read(child.into(), 0, &mut lines)?;
        }
        Ok(lines)
    }

    /// Waits until the menu satisfies `is_right`, and gives it.
    ///
    /// # Errors
    /// When it does not; with the menu it is.
    pub fn wait_menu(
        &self,
        limit: Duration,
        what: &str,
        is_right: impl Fn(&[Line]) -> bool,
    ) -> Result<Vec<Line>> {
        let mut last = None;
        wait::until(limit, what, || {
            // While the program puts a new menu in the old one's place, there may be none.
            let Ok(menu) = self.menu() else {
                return Ok(None);
            };
            let is_there = is_right(&menu);
            last = Some(menu.clone());
            Ok(is_there.then_some(menu))
        })
        .with_context(|| format!("the tray's menu is {last:#?}"))
    }

    /// Chooses the line with this text.
    ///
    /// # Errors
    /// When it is not in the menu, or cannot be chosen.
    pub fn choose(&self, text: &str) -> Result<()> {
        let menu = self.menu()?;
        let Some(line) = menu.iter().find(|line| line.text == text) else {
            bail!("'{text}' is not in the tray's menu: {menu:#?}");
        };
        if !line.is_enabled {
            bail!("'{text}' cannot be chosen now");
        }
        let event = (line.id, "clicked", Value::from(0_i32), 0_u32);
        self.menu_proxy()?
            .call::<_, _, ()>("Event", &event)
            .with_context(|| format!("choosing '{text}'"))
    }

    fn menu_proxy(&self) -> Result<Proxy<'static>> {
        let newest = self
            .items
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .last()
            .cloned();
        let (name, path) = newest.context("nothing is in the tray")?;
        let item = Proxy::new(&self.bus, name.clone(), path, ITEM)?;
        let menu: OwnedObjectPath = item.get_property("Menu")?;
        Ok(Proxy::new(&self.bus, name, menu, MENU)?)
    }
}

/// One line and those below it.
fn read(value: Value<'_>, depth: usize, lines: &mut Vec<Line>) -> Result<()> {
    let value = match value {
        Value::Value(inner) => *inner,
        other => other,
    };
    let layout: Structure<'_> = value.downcast()?;
    let (id, properties, children): (i32, HashMap<String, Value<'_>>, Vec<Value<'_>>) =
        layout.try_into()?;
    let text = |name| match properties.get(name) {
        Some(Value::Str(text)) => text.as_str(),
        _ => "",
    };
    if text("type") != "separator" {
        lines.push(Line {
            id,
            // An underscore marks the key that chooses a line; it is drawn as a line below a letter.
            text: text("label").replace('_', ""),
            is_enabled: !matches!(properties.get("enabled"), Some(Value::Bool(false))),
            depth,
        });
    }
    for child in children {
        read(child, depth + 1, lines)?;
    }
    Ok(())
}
