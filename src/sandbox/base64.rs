//! Base64, as in cursors and in `Authorization: Basic`. Pure.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Returns bytes as text, padded.
pub(super) fn to_base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let [first, second, third] = [0, 1, 2].map(|place| u32::from(*chunk.get(place).unwrap_or(&0)));
        let group = first << 16 | second << 8 | third;
        for place in 0..4 {
            let digit = ALPHABET[(group >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

/// Reads text, padded or not; `None` if it is no base64.
pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let (mut group, mut n_bits) = (0_u32, 0);
    for letter in text.trim_end_matches('=').bytes() {
        let digit = ALPHABET.iter().position(|known| *known == letter)?;
        group = (group << 6 | u32::try_from(digit).ok()?) & 0xffff;
        n_bits += 6;
        if 8 <= n_bits {
            n_bits -= 8;
            bytes.push((group >> n_bits & 0xff) as u8);
        }
    }
    Some(bytes)
}
