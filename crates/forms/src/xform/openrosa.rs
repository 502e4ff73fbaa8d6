//! The documents by which a client finds forms and learns what became of a submission. OpenRosa 1.0: Form Discovery (form list,
//! manifest), and the envelope of the HTTP Request API.

use super::xml::Xml;
use platform::Words;

/// A form in the list.
#[derive(Clone, Debug)]
pub struct ListedForm {
    pub form_id: String,
    pub name: String,
    pub version: String,
    /// MD5 of the form as it is downloaded, in hexadecimal: clients see by it whether they have it already.
    pub md5: String,
    pub download_url: String,
    /// None where nothing lies beside the form.
    pub manifest_url: Option<String>,
}

/// A file beside a form.
#[derive(Clone, Debug)]
pub struct ListedFile {
    pub file_name: String,
    pub md5: String,
    pub download_url: String,
}

/// The list of forms.
pub fn write_form_list(forms: &[ListedForm]) -> String {
    let mut xml = Xml::begin();
    xml.open("xforms", &[("xmlns", "http://openrosa.org/xforms/xformsList")]);
    for form in forms {
        xml.open("xform", &[]);
        xml.leaf("formID", &[], &form.form_id);
        xml.leaf("name", &[], &form.name);
        xml.leaf("version", &[], &form.version);
        xml.leaf("hash", &[], &format!("md5:{}", form.md5));
        xml.leaf("downloadUrl", &[], &form.download_url);
        if let Some(url) = &form.manifest_url {
            xml.leaf("manifestUrl", &[], url);
        }
        xml.close();
    }
    xml.finish()
}

/// The files beside a form.
pub fn write_manifest(files: &[ListedFile]) -> String {
    let mut xml = Xml::begin();
    xml.open("manifest", &[("xmlns", "http://openrosa.org/xforms/xformsManifest")]);
    for file in files {
        xml.open("mediaFile", &[]);
        xml.leaf("filename", &[], &file.file_name);
        xml.leaf("hash", &[], &format!("md5:{}", file.md5));
        xml.leaf("downloadUrl", &[], &file.download_url);
        xml.close();
    }
    xml.finish()
}

/// What became of a request, in both languages, since a client shows it as it is. `nature`: `submit_success`, `error` …
pub fn write_message(nature: &str, words: &Words) -> String {
    let mut xml = Xml::begin();
    xml.open("OpenRosaResponse", &[("xmlns", "http://openrosa.org/http/response")]);
    xml.leaf("message", &[("nature", nature)], &format!("{} {}", words.zh, words.en));
    xml.finish()
}
