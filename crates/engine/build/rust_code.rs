//! Assembled scripts as Rust statics.

use std::fmt::Write;

use super::Script;

/// One `pub(crate) static` per script, named after its file, and `ALL` of them in name order.
pub(crate) fn to_rust(scripts: &[Script]) -> String {
    let mut code = String::new();
    let mut all = String::new();
    for script in scripts {
        let Script { name, text, keys, .. } = script;
        let constant = name.to_uppercase();
        let sha1 = sha1_smol::Sha1::from(text).digest().to_string();
        writeln!(
            code,
            "/// `lua/{name}.lua`, assembled.\npub(crate) static {constant}: ScriptSource = \
             ScriptSource {{ name: {name:?}, text: {text:?}, sha1: {sha1:?}, keys: &{keys:?} }};"
        )
        .expect("writing to a String cannot fail");
        write!(all, "&{constant}, ").expect("writing to a String cannot fail");
    }
    code + &format!("/// Every script.\n#[cfg(test)]\npub(crate) static ALL: &[&ScriptSource] = &[{all}];\n")
}
