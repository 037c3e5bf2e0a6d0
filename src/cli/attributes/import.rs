//! The mapping of an import, and its `--create-attributes`.

use super::create::Plan;
use super::{inspect, of_workspace, talk};
use crate::cli::args::ImportArgs;
use crate::cli::connect::Workspace;
use crate::cli::error::Error;
use crate::cli::input::OpenInput;
use crate::mapping::Mapping;
use crate::mapping::MappingSpec;
use crate::mapping::Unknown;
use crate::pace::Halt;

impl ImportArgs {
    /// Compiles the mapping against the workspace, after creating what is missing if that was asked for.
    pub(in crate::cli) fn compile(
        &self,
        spec: MappingSpec,
        input: &OpenInput,
        workspace: &mut Workspace,
        halt: &Halt,
    ) -> Result<Mapping, Error> {
        if self.create_attributes {
            let spec = MappingSpec { unknown: Unknown::CreateAttribute, ..spec.clone() };
            let draft = self.compile_with(&spec, input, workspace)?;
            if !draft.new_attributes().is_empty() && !self.create_missing(&draft, input, workspace, halt)? {
                // No row will be sent, and each says why with the draft as well.
                return Ok(draft);
            }
        }
        self.compile_with(&MappingSpec { unknown: Unknown::Refuse, ..spec }, input, workspace)
    }

    fn compile_with(
        &self,
        spec: &MappingSpec,
        input: &OpenInput,
        workspace: &Workspace,
    ) -> Result<Mapping, Error> {
        let attributes = of_workspace(&workspace.attributes);
        Mapping::compile(input.rows.columns(), spec, &attributes, self.mapping.key)
            .map_err(|error| Error::of_mapping(&input.name, &error))
    }

    /// Reads the whole file, and creates the attributes that it needs if any row of it can be sent; says whether.
    fn create_missing(
        &self,
        draft: &Mapping,
        input: &OpenInput,
        workspace: &mut Workspace,
        halt: &Halt,
    ) -> Result<bool, Error> {
        let rows = input.rows.again().map_err(|error| Error::of_input(&input.name, &error))?;
        let inspection = inspect(&input.name, rows, draft, halt)?;
        if inspection.valid == 0 {
            talk(&format!("{}: no attribute is created, for no row is valid\n", input.name));
            return Ok(false);
        }
        let mut plan = Plan::new(draft, &inspection);
        plan.refuse_the_impossible(workspace)?;
        plan.carry_out(&input.name, workspace)?;
        Ok(true)
    }
}
