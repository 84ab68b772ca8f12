//! The Lua assembler refuses what the header contract forbids and names the place.
#![allow(clippy::unwrap_used, reason = "a test may fail by a panic")]

#[path = "../build/mod.rs"]
mod assembly;

use std::path::Path;

use assembly::folder::{LuaFile, assemble};
use assembly::{AssemblyError, Script, assemble_folder, to_rust};

const POP: &str = "--- Pop the next job.
--- @key 1 wait    list of job ids
--- @arg 1 count   how many
--- @returns the ids
local wait, count = KEYS[1], ARGV[1]
return redis.call('RPOP', wait, count)
";

fn file(name: &str, source: impl Into<String>) -> LuaFile {
    LuaFile { name: name.into(), source: source.into() }
}

fn include(name: &str, includes: &[&str], body: &str) -> LuaFile {
    let lines = includes.iter().fold(String::new(), |lines, name| lines + "--- @include \"includes/" + name + "\"\n");
    file(name, format!("--- One function.\n{lines}local function {name}()\n{body}\nend\n"))
}

fn assemble_one(source: &str) -> Result<Vec<Script>, AssemblyError> {
    assemble(&[file("pop", source)], &[])
}

fn failure(source: &str) -> String {
    assemble_one(source).expect_err("the script breaks the contract").to_string()
}

fn script_using(name: &str) -> LuaFile {
    file("run", format!("--- Run.\n--- @returns 0\n--- @include \"includes/{name}\"\nreturn {name}()\n"))
}

#[test]
fn script_keeps_code_and_loses_comments() {
    let source = POP.replace("local wait", "-- why\n--[[ more\nwhy ]] local text = '-- kept \\' too'\nlocal wait");
    let scripts = assemble_one(&source).unwrap();
    let expected = "local text = '-- kept \\' too'\nlocal wait, count = KEYS[1], ARGV[1]\nreturn redis.call('RPOP', wait, count)\n";
    assert_eq!(scripts[0].text, expected);
    assert_eq!(scripts[0].keys, ["wait"]);
}

#[test]
fn includes_come_once_in_dependency_order() {
    let includes = [include("a", &["b", "c"], "b() c()"), include("b", &["c"], "c()"), include("c", &[], "return 0")];
    let scripts = assemble(&[script_using("a")], &includes).unwrap();
    assert_eq!(scripts[0].includes, ["c", "b", "a"]);
    assert_eq!(scripts[0].text.matches("local function c()").count(), 1);
}

#[test]
fn include_cycle_is_refused() {
    let error =
        assemble(&[script_using("a")], &[include("a", &["b"], "b()"), include("b", &["a"], "a()")]).unwrap_err();
    assert_eq!(error.to_string(), "lua/includes/b.lua:2: includes form a cycle: a -> b -> a");
}

#[test]
fn missing_include_is_refused() {
    let error = assemble(&[script_using("ghost")], &[]).unwrap_err();
    assert_eq!(error.to_string(), "lua/run.lua:3: there is no lua/includes/ghost.lua");
}

#[test]
fn include_that_is_not_used_is_refused() {
    let script = file("run", "--- Run.\n--- @returns 0\n--- @include \"includes/a\"\nreturn 0\n");
    let error = assemble(&[script], &[include("a", &[], "return 0")]).unwrap_err();
    assert_eq!(error.to_string(), "lua/run.lua:3: `a` is included but not used");
}

#[test]
fn function_that_is_not_included_is_refused() {
    let script = file("run", "--- Run.\n--- @returns 0\nreturn a()\n");
    let error = assemble(&[script], &[include("a", &[], "return 0")]).unwrap_err();
    assert_eq!(error.to_string(), "lua/run.lua:3: `a` is used but not included");
}

#[test]
fn include_file_without_a_user_is_refused() {
    let error = assemble(&[file("pop", POP)], &[include("a", &[], "return 0")]).unwrap_err();
    assert_eq!(error.to_string(), "lua/includes/a.lua:1: no script includes this file");
}

#[test]
fn include_holds_exactly_its_own_function() {
    for source in [
        "--- Wrong name.\nlocal function b() return 0 end",
        "--- More.\nlocal function a() return 0 end\nlocal x = 1",
        "--- Code.\nreturn 0",
    ] {
        let error = assemble(&[script_using("a")], &[file("a", source)]).unwrap_err();
        assert_eq!(error.to_string(), "lua/includes/a.lua:2: must hold one `local function a` and nothing else");
    }
}

#[test]
fn include_must_not_read_keys_or_arguments() {
    let error = assemble(&[script_using("a")], &[include("a", &[], "return KEYS[1]")]).unwrap_err();
    assert_eq!(error.to_string(), "lua/includes/a.lua:3: an include gets what it needs as parameters");
}

#[test]
fn undeclared_key_is_refused() {
    let message = failure(&POP.replace("KEYS[1]", "KEYS[1], KEYS[2]"));
    assert_eq!(message, "lua/pop.lua:5: KEYS[2] is not declared in the header");
}

#[test]
fn unused_key_is_refused() {
    let message = failure(&POP.replace("KEYS[1]", "'bull:q:wait'"));
    assert_eq!(message, "lua/pop.lua:2: KEYS[1] (wait) is declared but not used");
}

#[test]
fn undeclared_and_unused_arguments_are_refused() {
    let message = failure(&POP.replace("ARGV[1]", "ARGV[1], ARGV[7]"));
    assert_eq!(message, "lua/pop.lua:5: ARGV[7] is not declared in the header");
    assert_eq!(failure(&POP.replace("ARGV[1]", "1")), "lua/pop.lua:3: ARGV[1] (count) is declared but not used");
}

#[test]
fn computed_argument_needs_repeating_arguments() {
    let computed = POP.replace("ARGV[1]", "ARGV[1], ARGV[1 + 1]");
    assert_eq!(failure(&computed), "lua/pop.lua:5: ARGV may only be used with a number declared in the header");
    assert!(assemble_one(&computed.replace("--- @returns", "--- @args jobs 2 id, name\n--- @returns")).is_ok());
}

#[test]
fn computed_key_is_refused() {
    let message = failure(&POP.replace("KEYS[1]", "KEYS[1], KEYS[count]"));
    assert_eq!(message, "lua/pop.lua:5: KEYS may only be used with a number declared in the header");
}

#[test]
fn header_lines_must_be_numbered_in_order() {
    let message = failure(&POP.replace("@key 1", "@key 2"));
    assert_eq!(message, "lua/pop.lua:2: expected `@key 1 <name>`: numbers count up from 1");
    let message = failure(&POP.replace("--- @returns", "--- @arg 2 count\n--- @returns"));
    assert_eq!(message, "lua/pop.lua:4: `@arg count` is declared twice");
}

#[test]
fn header_needs_a_sentence_an_answer_and_known_tags() {
    assert_eq!(failure("return 0"), "lua/pop.lua:1: the first line must be `--- One sentence.`");
    assert_eq!(failure("--- Pop.\nreturn 0"), "lua/pop.lua:1: a script needs an `@returns` line");
    assert_eq!(failure("--- Pop.\n--- @return 0\nreturn 0"), "lua/pop.lua:2: unknown tag `@return`");
    let group = failure("--- Pop.\n--- @args jobs id\n--- @returns 0\nreturn 0");
    assert_eq!(group, "lua/pop.lua:2: expected `@args <group> <fields in one group> <field>, ...`");
}

#[test]
fn unterminated_text_is_refused() {
    assert_eq!(failure(&format!("{POP}local x = 'oops\n")), "lua/pop.lua:7: unterminated string or comment");
    assert_eq!(failure(&format!("{POP}local x = [[oops]]\n")), "lua/pop.lua:7: long strings are not allowed");
}

#[test]
fn generated_code_carries_the_hash_redis_computes() {
    let script = file("ping", "--- Answer.\n--- @returns 1\nreturn 1\n");
    let code = to_rust(&assemble(&[script], &[]).unwrap());
    // printf 'return 1\n' | sha1sum
    assert!(code.contains("sha1: \"48df9b519ca145c867b895f740b37bd891e887af\""), "{code}");
}

#[test]
fn every_script_of_the_engine_assembles() {
    let scripts = assemble_folder(Path::new("lua")).unwrap();
    assert!(scripts.iter().all(|script| !script.text.contains("--")));
}
