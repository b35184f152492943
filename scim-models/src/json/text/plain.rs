//! Which bytes of a text are unchanged in a JSON string: all except quotes, backslashes and control
//! characters (RFC 8259 §7). Several are checked in one step.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Marks bytes of a word by their highest bit. The first that is marked is the first that is not
/// plain; of those behind it nothing is said.
#[inline]
const fn marked(word: u64) -> u64 {
    // `x - ONES` has the highest bit of the first byte of `x` that is zero set. It may have those of
    // others set: of bytes that are no ASCII, which do not count, and behind that one.
    let quote = word ^ (ONES * b'"' as u64);
    let backslash = word ^ (ONES * b'\\' as u64);
    let found =
        quote.wrapping_sub(ONES) | backslash.wrapping_sub(ONES) | word.wrapping_sub(ONES * 0x20);
    found & !word & HIGHS
}

#[inline]
const fn is_plain_byte(byte: u8) -> bool {
    !matches!(byte, b'"' | b'\\' | 0..0x20)
}

/// The first byte from `at` on that is not plain; or the end.
#[inline]
pub(crate) fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let found = marked(u64::from_le_bytes(*chunk));
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|byte| is_plain_byte(*byte)) {
        at += 1;
    }
    at
}

/// Returns whether all bytes are plain.
#[inline]
pub(crate) fn is_plain(bytes: &[u8]) -> bool {
    if let Some(last) = bytes.last_chunk::<16>() {
        let (blocks, _) = bytes.as_chunks::<16>();
        return blocks.iter().all(is_plain_block) && is_plain_block(last);
    }
    // Two words that overlap.
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let [first, last] = [*first, *last].map(u64::from_le_bytes);
        return marked(first) | marked(last) == 0;
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let [first, last] = [*first, *last].map(u32::from_le_bytes).map(u64::from);
        return marked(first << 32 | last) == 0;
    }
    bytes.iter().all(|byte| is_plain_byte(*byte))
}

/// Without a way out in between, so that the compiler looks at all of them at once.
#[inline]
fn is_plain_block(block: &[u8; 16]) -> bool {
    !block.iter().fold(false, |any, byte| {
        any | (*byte == b'"') | (*byte == b'\\') | (*byte < 0x20)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_in_each_place() {
        for len in 0..50 {
            let plain: Vec<u8> = (0..len)
                .map(|n| [b'a', 0xC3, b' ', 0x7F, 0x80][n % 5])
                .collect();
            assert!(is_plain(&plain));
            assert_eq!(plain_end(&plain, 0), len);
            for at in 0..len {
                for byte in 0..=u8::MAX {
                    let mut bytes = plain.clone();
                    bytes[at] = byte;
                    let special = byte < 0x20 || byte == b'"' || byte == b'\\';
                    assert_eq!(is_plain(&bytes), !special, "{byte} at {at} of {len}");
                    let end = if special { at } else { len };
                    assert_eq!(plain_end(&bytes, 0), end, "{byte} at {at} of {len}");
                    assert_eq!(plain_end(&bytes, at), end, "{byte} at {at} of {len}");
                }
            }
        }
    }
}
