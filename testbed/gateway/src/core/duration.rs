//! Durations as GEP-2257 writes them.

use std::time::Duration;

/// Reads a duration; the error says how to write it.
pub fn parse(text: &str) -> Result<Duration, String> {
    let malformed = || format!("`{text}` is not a duration; write it like 1h30m, 10s or 500ms");
    let mut rest = text;
    let mut sum = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|character: char| !character.is_ascii_digit());
        let (number, unit_and_rest) = rest.split_at(digits.ok_or_else(malformed)?);
        let number: u64 = number.parse().map_err(|_| malformed())?;
        let letters = unit_and_rest.find(|character: char| character.is_ascii_digit());
        let (unit, after) = unit_and_rest.split_at(letters.unwrap_or(unit_and_rest.len()));
        sum += match unit {
            "h" => Duration::from_secs(number * 3600),
            "m" => Duration::from_secs(number * 60),
            "s" => Duration::from_secs(number),
            "ms" => Duration::from_millis(number),
            _ => return Err(malformed()),
        };
        rest = after;
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(parse("1h2m3s"), Ok(Duration::from_secs(3723)));
        assert_eq!(parse("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse("0s"), Ok(Duration::ZERO));
        for malformed in ["5", "s", "1d", "-1s", "1.5s"] {
            assert!(parse(malformed).is_err(), "{malformed}");
        }
    }
}
