//! Labels with `${name}` in them.

/// A part of a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'t> {
    Words(&'t str),
    /// The answer to the question of this name.
    Answer(&'t str),
}

/// Cuts a label. What looks like a reference and is not closed stays words.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut rest) = (Vec::new(), text);
    while let Some((words, after)) = rest.split_once("${") {
        let Some((name, after)) = after.split_once('}') else { break };
        if !words.is_empty() {
            pieces.push(Piece::Words(words));
        }
        pieces.push(Piece::Answer(name.trim()));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::{Piece, pieces};

    #[test]
    fn a_label_is_words_and_answers() {
        let cut = pieces("您好 ${ name }，${age} 岁");
        let expected = [
            Piece::Words("您好 "),
            Piece::Answer("name"),
            Piece::Words("，"),
            Piece::Answer("age"),
            Piece::Words(" 岁"),
        ];
        assert_eq!(cut, expected);
        assert_eq!(pieces("a ${b"), [Piece::Words("a ${b")]);
        assert!(pieces("").is_empty());
    }
}
