fn main() -> Result<(), scim_codegen::build::BuildError> {
    scim_codegen::build::folder("schemas/acme").write_to_out_dir()
}
