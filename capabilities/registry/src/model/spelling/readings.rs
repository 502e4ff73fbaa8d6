//! How a name may be read aloud: pinyin, with the readings that surnames have of their own and the characters of given names
//! that are read in two ways.

use pinyin::ToPinyin;

/// Readings of one name; more are rare enough to be found by characters.
pub(super) const READINGS_MAX: usize = 4;

/// Surnames of one character whose reading differs from the usual one, the right one first. Written for Mulin after common
/// dictionaries; the usual reading stays as another one, since people type what they see.
const SURNAMES: &[(char, &[&str])] = &[
    ('单', &["shan", "dan"]),
    ('解', &["xie", "jie"]),
    ('仇', &["qiu", "chou"]),
    ('曾', &["zeng", "ceng"]),
    ('查', &["zha", "cha"]),
    ('区', &["ou", "qu"]),
    ('朴', &["piao", "pu"]),
    ('盖', &["ge", "gai"]),
    ('缪', &["miao", "mou"]),
    ('翟', &["zhai", "di"]),
    ('乐', &["yue", "le"]),
    ('隗', &["wei", "kui"]),
    ('员', &["yun", "yuan"]),
    ('召', &["shao", "zhao"]),
    ('秘', &["bi", "mi"]),
    ('黑', &["he", "hei"]),
    ('覃', &["qin", "tan"]),
    ('谌', &["chen", "shen"]),
    ('折', &["she", "zhe"]),
    ('种', &["chong", "zhong"]),
    ('繁', &["po", "fan"]),
    ('佴', &["nai", "er"]),
    ('能', &["nai", "neng"]),
    ('句', &["gou", "ju"]),
    ('尉', &["wei", "yu"]),
    ('洗', &["xian", "xi"]),
    ('柏', &["bai", "bo"]),
    ('薄', &["bo", "bao"]),
    ('祭', &["zhai", "ji"]),
    ('乜', &["nie", "mie"]),
    ('费', &["fei", "bi"]),
    ('重', &["chong", "zhong"]),
    ('长', &["chang", "zhang"]),
    ('晟', &["cheng", "sheng"]),
    ('盛', &["sheng", "cheng"]),
    ('藏', &["zang", "cang"]),
    ('车', &["che", "ju"]),
    ('牟', &["mou", "mu"]),
    ('阚', &["kan", "han"]),
    ('莘', &["shen", "xin"]),
    ('宓', &["mi", "fu"]),
    ('郗', &["xi", "chi"]),
    ('郇', &["xun", "huan"]),
    ('褚', &["chu", "zhu"]),
    ('适', &["kuo", "shi"]),
];

/// Surnames of two characters, with their reading where it is not the usual one.
const DOUBLE_SURNAMES: &[(&str, Option<[&str; 2]>)] = &[
    ("欧阳", None),
    ("上官", None),
    ("司马", None),
    ("司徒", None),
    ("司空", None),
    ("诸葛", None),
    ("夏侯", None),
    ("皇甫", None),
    ("东方", None),
    ("东郭", None),
    ("独孤", None),
    ("公孙", None),
    ("慕容", None),
    ("轩辕", None),
    ("令狐", None),
    ("钟离", None),
    ("宇文", None),
    ("长孙", Some(["zhang", "sun"])),
    ("鲜于", None),
    ("闾丘", None),
    ("端木", None),
    ("申屠", None),
    ("南宫", None),
    ("西门", None),
    ("呼延", None),
    ("百里", None),
    ("拓跋", None),
    ("赫连", None),
    ("淳于", None),
    ("太史", None),
    ("濮阳", None),
    ("公羊", None),
    ("尉迟", Some(["yu", "chi"])),
    ("万俟", Some(["mo", "qi"])),
    ("澹台", Some(["tan", "tai"])),
    ("单于", Some(["chan", "yu"])),
    ("宰父", Some(["zai", "fu"])),
    ("亓官", Some(["qi", "guan"])),
];

/// Characters of given names that parents read in two ways. Written for Mulin.
const GIVEN: &[(char, &[&str])] = &[
    ('乐', &["le", "yue"]),
    ('行', &["xing", "hang"]),
    ('朝', &["chao", "zhao"]),
    ('重', &["zhong", "chong"]),
    ('长', &["chang", "zhang"]),
    ('茜', &["qian", "xi"]),
    ('晟', &["sheng", "cheng"]),
    ('盛', &["sheng", "cheng"]),
    ('传', &["chuan", "zhuan"]),
    ('曾', &["zeng", "ceng"]),
    ('莘', &["xin", "shen"]),
    ('藏', &["cang", "zang"]),
    ('调', &["diao", "tiao"]),
    ('单', &["dan", "shan"]),
    ('柏', &["bai", "bo"]),
    ('都', &["du", "dou"]),
    ('还', &["huan", "hai"]),
    ('贾', &["jia", "gu"]),
    ('车', &["che", "ju"]),
];

/// Whether a name begins with a surname of two characters.
pub(super) fn has_double_surname(chars: &[char]) -> bool {
    double_surname(chars).is_some()
}

fn double_surname(chars: &[char]) -> Option<&'static (&'static str, Option<[&'static str; 2]>)> {
    DOUBLE_SURNAMES.iter().find(|(surname, _)| {
        let mut surname = surname.chars();
        chars.len() >= 2 && surname.next() == Some(chars[0]) && surname.next() == Some(chars[1])
    })
}

/// The syllables of a name, in each way it may be read, at most [`READINGS_MAX`] ways; the most likely first. Characters
/// without a known reading are left out, and `ü` is written `v`.
pub(super) fn read_name(chars: &[char]) -> Vec<Vec<String>> {
    let surname = double_surname(chars).and_then(|(_, syllables)| *syllables);
    let choices = chars.iter().enumerate().map(|(place, c)| match surname {
        Some(syllables) if place < 2 => vec![syllables[place].to_owned()],
        _ => read_character(*c, place == 0 && surname.is_none()),
    });
    combine(choices.filter(|syllables| !syllables.is_empty()))
}

/// The syllables of words that are no name: each character as it is usually read.
pub(super) fn read_words(chars: &[char]) -> Vec<String> {
    chars.iter().filter_map(|c| usual(*c)).collect()
}

fn read_character(c: char, is_surname: bool) -> Vec<String> {
    let table = if is_surname { SURNAMES } else { GIVEN };
    match table.iter().find(|(character, _)| *character == c) {
        Some((_, syllables)) => syllables.iter().map(|syllable| (*syllable).to_owned()).collect(),
        None => usual(c).into_iter().collect(),
    }
}

fn usual(c: char) -> Option<String> {
    c.to_pinyin().map(|pinyin| pinyin.plain().replace('ü', "v"))
}

/// Every way through the choices, the first choices first, until there are enough.
fn combine(choices: impl Iterator<Item = Vec<String>>) -> Vec<Vec<String>> {
    let mut ways: Vec<Vec<String>> = vec![Vec::new()];
    for syllables in choices {
        let mut longer = Vec::with_capacity(ways.len() * syllables.len());
        for syllable in &syllables {
            longer.extend(ways.iter().map(|way| [way.as_slice(), std::slice::from_ref(syllable)].concat()));
        }
        longer.truncate(READINGS_MAX);
        ways = longer;
    }
    ways.retain(|way| !way.is_empty());
    ways
}

#[cfg(test)]
mod tests {
    //! Surnames are read as their bearers read them, and as others do.
    use super::{READINGS_MAX, read_name};

    #[test]
    fn surnames_are_read_specially() {
        for (name, readings) in [
            ("张伟", vec!["zhang wei"]),
            ("单雄信", vec!["shan xiong xin", "dan xiong xin"]),
            ("解晓东", vec!["xie xiao dong", "jie xiao dong"]),
            ("仇英", vec!["qiu ying", "chou ying"]),
            ("曾国藩", vec!["zeng guo fan", "ceng guo fan"]),
            ("查良镛", vec!["zha liang yong", "cha liang yong"]),
            ("区小明", vec!["ou xiao ming", "qu xiao ming"]),
            ("朴槿", vec!["piao jin", "pu jin"]),
            ("尉迟恭", vec!["yu chi gong"]),
            ("万俟卨", vec!["mo qi xie"]),
            ("长孙无忌", vec!["zhang sun wu ji"]),
            ("欧阳修", vec!["ou yang xiu"]),
            ("吕布", vec!["lv bu"]),
            ("陈单", vec!["chen dan", "chen shan"]),
            ("乐乐", vec!["yue le", "le le", "yue yue", "le yue"]),
            ("𠮷", vec![]),
        ] {
            let chars: Vec<char> = name.chars().collect();
            let read: Vec<String> = read_name(&chars).iter().map(|way| way.join(" ")).collect();
            assert_eq!(read, readings, "{name}");
        }
    }

    #[test]
    fn readings_are_few() {
        let chars: Vec<char> = "单乐行朝重长茜".chars().collect();
        assert_eq!(read_name(&chars).len(), READINGS_MAX);
    }
}
