//! Writes the JavaScript around the example: `bindgen EXAMPLE.wasm FOLDER`.

use std::{env, error::Error};

use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(input), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("usage: bindgen EXAMPLE.wasm FOLDER".into());
    };
    Bindgen::new()
        .input_path(input)
        .nodejs(true)?
        .out_name("example")
        .generate(folder)?;
    Ok(())
}
