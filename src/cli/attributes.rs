//! The workspace's attributes as the mapping sees them, and `--create-attributes`.

use std::io::{self, Write};

use super::args::ImportArgs;
use super::connect::Workspace;
use super::error::Error;
use super::exit::Exit;
use super::input::OpenInput;
use crate::intercom::DataAttribute;
use crate::intercom::NewAttribute as Creation;
use crate::intercom::Trace;
use crate::mapping::Attribute;
use crate::mapping::AttributeType;
use crate::mapping::Mapping;
use crate::mapping::MappingSpec;
use crate::mapping::NewAttribute;
use crate::mapping::TypeGuess;
use crate::mapping::Unknown;
use crate::rows::Read;
use crate::rows::Source;

/// Returns the attributes as the mapping sees them.
pub(super) fn of_workspace(attributes: &[DataAttribute]) -> Vec<Attribute> {
    attributes
        .iter()
        .map(|attribute| Attribute {
            name: attribute.name.clone(),
            data_type: match attribute.data_type.as_str() {
                "integer" => AttributeType::Integer,
                "float" => AttributeType::Float,
                "boolean" => AttributeType::Boolean,
                "date" | "datetime" => AttributeType::Date,
                // A type that is newer than this program takes text, and the server says if it does not.
                _ => AttributeType::String,
            },
            archived: attribute.archived,
            options: attribute.options.clone(),
        })
        .collect()
}

impl ImportArgs {
    /// Compiles the mapping against the workspace, after creating what is missing if that was asked for.
    pub(super) fn compile(
        &self,
        spec: MappingSpec,
        input: &OpenInput,
        workspace: &mut Workspace,
    ) -> Result<Mapping, Error> {
        if self.create_attributes {
            let spec = MappingSpec { unknown: Unknown::CreateAttribute, ..spec.clone() };
            let draft = self.compile_with(&spec, input, workspace)?;
            self.create_attributes(draft.new_attributes(), input, workspace)?;
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

    fn create_attributes(
        &self,
        wanted: &[NewAttribute],
        input: &OpenInput,
        workspace: &mut Workspace,
    ) -> Result<(), Error> {
        if wanted.is_empty() {
            return Ok(());
        }
        let guesses = self.guess_types(wanted, input)?;
        for (attribute, guess) in wanted.iter().zip(&guesses) {
            let data_type = attribute.data_type.unwrap_or_else(|| guess.finish());
            let creation = Creation { name: attribute.name.clone(), data_type: data_type.api_name().into() };
            let created = workspace
                .client
                .create_attribute(&creation, &mut Trace::default())
                .map_err(|error| refused(attribute, &Error::of_server(&error)))?;
            workspace.attributes.push(created);
            let why = match attribute.data_type {
                Some(data_type) => format!("{}, as it is mapped", data_type.api_name()),
                None => guess.to_string(),
            };
            // Nobody may be listening; the run goes on all the same.
            let _ = writeln!(
                io::stderr(),
                "created attribute `{}` from column `{}`: {why}",
                attribute.name,
                attribute.column
            );
        }
        Ok(())
    }

    /// Reads the whole file once: the type of an attribute can never be changed.
    fn guess_types(&self, wanted: &[NewAttribute], input: &OpenInput) -> Result<Vec<TypeGuess>, Error> {
        if matches!(input.source, Source::Stdin) {
            return Err(Error::new(
                Exit::Usage,
                "--create-attributes reads the file twice, which stdin cannot be",
            )
            .hint("save it as a file first, or create the attributes in Intercom"));
        }
        let broken = |error| Error::of_input(&input.name, &error);
        let mut guesses = vec![TypeGuess::default(); wanted.len()];
        for read in self.input.rows(&input.source).map_err(broken)? {
            let Read::Row(row) = read.map_err(broken)? else { continue };
            for (attribute, guess) in wanted.iter().zip(&mut guesses) {
                if let Ok(cell) = row.cell(attribute.index) {
                    guess.observe(&cell);
                }
            }
        }
        Ok(guesses)
    }
}

fn refused(attribute: &NewAttribute, error: &Error) -> Error {
    Error::new(error.exit(), format!("attribute `{}` was not created: {}", attribute.name, error.what()))
        .hint(format!("leave its column out: --ignore-column '{}'", attribute.column))
}
