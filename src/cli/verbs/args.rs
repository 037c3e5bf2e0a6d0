//! The arguments of `find`, `upsert`, `update` and `list`.

use clap::{Args, ValueEnum};

use crate::cli::args::{ConnectArgs, MappingArgs, PolicyArgs, RoleArg};
use crate::cli::attributes::PlaceArgs;
use crate::cli::input::word;
use crate::intercom::Role;
use crate::mapping::Empty;
use crate::mapping::Identity;
use crate::mapping::Key;

#[derive(Debug, Args)]
pub(in crate::cli) struct FindArgs {
    #[command(flatten)]
    pub(super) who: WhoArgs,
    /// Find users, leads, or any contact
    #[arg(long, value_name = "ROLE", default_value = "any")]
    pub(super) role: RoleArg,
    /// Print Intercom's error list on stdout if it refuses; what is found is JSON in any case
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(in crate::cli) connect: ConnectArgs,
    #[command(flatten)]
    pub(super) place: PlaceArgs,
}

/// Who is looked for.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(super) struct WhoArgs {
    /// Find by Intercom's own id
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// Find by your id of the user; user_id in 1.x
    #[arg(long, value_name = "ID", visible_alias = "user-id")]
    external_id: Option<String>,
    /// Find by email, in an index that trails writes by seconds to minutes
    #[arg(long, value_name = "EMAIL")]
    email: Option<String>,
}

impl WhoArgs {
    pub(super) fn who(&self) -> Option<Identity> {
        let id = self.id.clone().map(Identity::Id);
        let external_id = self.external_id.clone().map(Identity::ExternalId);
        id.or(external_id).or(self.email.clone().map(Identity::Email))
    }
}

#[derive(Debug, Args)]
pub(in crate::cli) struct UpsertArgs {
    #[command(flatten)]
    pub(super) fields: FieldArgs,
    /// Match the user by this: auto (external_id, else email), external_id, email or id
    #[arg(long, value_name = "KEY", default_value_t = Key::Auto, value_parser = word::<Key>)]
    pub(super) key: Key,
    #[command(flatten)]
    pub(super) policy: PolicyArgs,
    #[command(flatten)]
    pub(in crate::cli) connect: ConnectArgs,
    #[command(flatten)]
    pub(super) place: PlaceArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct UpdateArgs {
    /// Find the user by this
    #[arg(long, value_name = "KEY")]
    pub(super) by: ByArg,
    /// Find the user with this value there
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    pub(super) value: String,
    #[command(flatten)]
    pub(super) fields: FieldArgs,
    #[command(flatten)]
    pub(super) policy: PolicyArgs,
    #[command(flatten)]
    pub(in crate::cli) connect: ConnectArgs,
    #[command(flatten)]
    pub(super) place: PlaceArgs,
}

/// `--by`.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum ByArg {
    /// Intercom's own id
    Id,
    /// Your id of the user
    #[value(name = "external_id", alias = "external-id", alias = "user_id", alias = "user-id")]
    ExternalId,
    /// The email
    Email,
}

impl ByArg {
    pub(super) fn identity(self, value: &str) -> Identity {
        let value = value.to_owned();
        match self {
            Self::Id => Identity::Id(value),
            Self::ExternalId => Identity::ExternalId(value),
            Self::Email => Identity::Email(value),
        }
    }
}

/// What is written, and how it is read.
#[derive(Debug, Args)]
pub(super) struct FieldArgs {
    /// The fields, as in email=ann@example.com or custom.plan=pro; `-`, or none at all, reads JSON from stdin
    #[arg(value_name = "FIELD=VALUE")]
    pub(super) fields: Vec<String>,
    /// Take the fields from this JSON object, or from stdin with `-`; print Intercom's error list on stdout if it refuses
    #[arg(long, value_name = "FIELDS", num_args = 0..=1, default_missing_value = "")]
    pub(super) json: Option<String>,
    /// Read a field in another way, as in 'joined=signed_up_at:date(%d/%m/%Y)'
    #[arg(long, value_name = "NAME=FIELD")]
    map: Vec<String>,
    /// Leave a field out
    #[arg(long, value_name = "NAME")]
    ignore_column: Vec<String>,
    /// Leave a field alone or clear it when its value is empty [default: leave]; the value \N always clears
    #[arg(long, value_name = "HOW", value_parser = word::<Empty>)]
    empty: Option<Empty>,
    /// Send a telephone number that is none as it is
    #[arg(long)]
    lenient: bool,
}

impl FieldArgs {
    /// Returns the arguments of a mapping that say the same.
    pub(super) fn mapping(&self, key: Key) -> MappingArgs {
        MappingArgs {
            key,
            map: self.map.clone(),
            mapping: None,
            ignore_column: self.ignore_column.clone(),
            empty: self.empty,
            lenient: self.lenient,
        }
    }
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ListArgs {
    /// Ask for so many contacts: 150 at most, and 60 with the engine users [default: 50]
    #[arg(long, value_name = "N", visible_alias = "per-page")]
    pub(super) page_size: Option<u32>,
    /// Begin after this cursor, which stands in the page before; with the engine users, the number of a page
    #[arg(long, value_name = "CURSOR", conflicts_with = "all")]
    pub(super) starting_after: Option<String>,
    /// Print every contact as NDJSON instead of one page
    #[arg(long)]
    pub(super) all: bool,
    /// List users, leads, or any contact [default: any, and user with the engine users]
    #[arg(long, value_name = "ROLE")]
    pub(super) role: Option<RoleArg>,
    /// Print Intercom's error list on stdout if it refuses; a page is JSON in any case
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(in crate::cli) connect: ConnectArgs,
    #[command(flatten)]
    pub(super) place: PlaceArgs,
}

/// Returns the one role that is asked for, if it is one.
pub(super) fn one_role(role: RoleArg) -> Option<Role> {
    match role {
        RoleArg::User => Some(Role::User),
        RoleArg::Lead => Some(Role::Lead),
        RoleArg::Any => None,
    }
}
