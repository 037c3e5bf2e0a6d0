//! A custom attribute that a file needs and the workspace does not have.

use super::AttributeType;

// Archiving one makes room [D help/179].
/// How many custom attributes a workspace may have in use, those of contacts and of companies together.
pub const MOST_ATTRIBUTES: usize = 250;

/// A column that is mapped to a custom attribute which the workspace does not have, or which nobody looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAttribute {
    /// The name of the attribute.
    pub name: String,
    /// The column, from 0, whose cells decide the type when no rule does.
    pub index: usize,
    /// The name of that column.
    pub column: String,
    /// The type that a rule gives it; otherwise let a [`TypeGuess`](super::TypeGuess) look at the cells.
    pub data_type: Option<AttributeType>,
}

impl NewAttribute {
    /// Returns why Intercom takes no attribute of this name, if the name itself says so.
    #[must_use]
    pub fn name_fault(&self) -> Option<&'static str> {
        // Intercom's own words [S]; that spaces and underscores are taken as well is seen in its examples [S] and in
        // recorded names [R]. Of other scripts it says nothing: it takes or refuses them itself.
        let is_allowed = |c: char| c.is_alphanumeric() || " -_".contains(c) || is_currency_symbol(c);
        (!self.name.chars().all(is_allowed))
            .then_some("a name may hold letters, digits, spaces, underscores, hyphens and currency symbols")
    }

    /// Returns the name with a space for everything that no name may hold.
    #[must_use]
    pub fn plain_name(&self) -> String {
        let plain = |c: char| if c.is_alphanumeric() || "-_".contains(c) { c } else { ' ' };
        let spaced: String = self.name.chars().map(plain).collect();
        spaced.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Returns whether a character is a sign for money: `$`, those of Latin-1, and the block of currency symbols.
fn is_currency_symbol(c: char) -> bool {
    c == '$' || ('\u{a2}'..='\u{a5}').contains(&c) || ('\u{20a0}'..='\u{20cf}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: &str) {
        let attribute = NewAttribute { name: name.into(), index: 0, column: String::new(), data_type: None };
        let actual =
            if attribute.name_fault().is_none() { "fine".to_owned() } else { attribute.plain_name() };
        assert_eq!(expected, actual);
    }

    #[test]
    fn a_name_is_what_intercom_says_that_it_may_be() {
        for fine in ["plan", "The One Ring", "shoe-size_2", "price €", "Größe"] {
            check(fine, "fine");
        }
        check("Size (cm)", "Size cm");
        check("plan.tier", "plan tier");
    }
}
