//! Parameters: `start=1; end=10; step=1`. XLSForm.org, "Range" and "Parameters".

/// Names in small letters and values, in their order.
pub(super) fn parameters(text: &str) -> Vec<(String, String)> {
    let joined = text.replace([';', ','], " ");
    // `start = 1` as well as `start=1`.
    let tight: Vec<&str> = joined.split('=').map(str::trim).collect();
    let tight = tight.join("=");
    let pairs = tight.split_whitespace().filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::parameters;

    #[test]
    fn parameters_come_apart_however_they_are_joined() {
        let expected =
            [("start", "1"), ("end", "10")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        for text in ["start=1 end=10", "start=1;end=10", "Start = 1, end = 10", "start=1 ; end=10"] {
            assert_eq!(parameters(text), expected, "{text}");
        }
        assert!(parameters("nothing").is_empty());
    }
}
