//! Writes the message.

use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use html2text::config;
use lettre::message::header::{ContentType, MessageId};
use lettre::message::{Attachment, Mailbox, Message, MessageBuilder, MultiPart, SinglePart};
use ring::digest::{SHA256, digest};
use synapse_queue_engine::job::{Failure, Job};

use super::attachments::LoadedAttachment;
use super::job_data::{Content, EmailData};

/// Lines of the text part are folded here, as mail programs do (RFC 5322, section 2.1.1).
const TEXT_WIDTH: usize = 78;
/// The time that reading HTML takes grows with the square of the depth of its elements, which cannot be deeper than this.
const TAGS_MAX: usize = 10_000;
/// Longest job id that stands in a Message-ID as it is.
const ID_LEN_MAX: usize = 64;

/// The Message-ID of a job: the same for every attempt, so that a repeated delivery is recognised.
///
/// Includes when the job was added: ids of jobs begin again with a new Redis. `sender` gives the domain, without angle brackets.
pub(super) fn message_id(job: &Job, sender: &Mailbox) -> String {
    let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let id = if !job.id.is_empty() && job.id.len() <= ID_LEN_MAX && job.id.bytes().all(is_safe) {
        job.id.clone()
    } else {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, job.id.as_bytes()))
    };
    format!("{id}.{}@{}", job.timestamp, sender.email.domain())
}

/// The whole message. CPU-bound: base64 and the text of the HTML.
///
/// # Errors
/// `INVALID_JOB_DATA` if the message cannot be written.
pub(super) fn compose(
    data: EmailData,
    attachments: Vec<LoadedAttachment>,
    (sender, id): (Mailbox, &str),
) -> Result<Message, Failure> {
    let mut builder = Message::builder()
        .from(data.from.clone().unwrap_or(sender))
        .subject(data.subject)
        .date(SystemTime::now())
        .header(MessageId::from(format!("<{id}>")));
    builder = data.to.into_iter().fold(builder, MessageBuilder::to);
    builder = data.cc.into_iter().fold(builder, MessageBuilder::cc);
    // Only the envelope names them: the builder leaves the header out.
    builder = data.bcc.into_iter().fold(builder, MessageBuilder::bcc);
    builder = data.reply_to.into_iter().fold(builder, MessageBuilder::reply_to);
    builder = data.headers.into_iter().fold(builder, MessageBuilder::raw_header);
    let message = match (content(data.content), attachments) {
        (Body::Single(part), attachments) if attachments.is_empty() => builder.singlepart(part),
        (Body::Multi(part), attachments) if attachments.is_empty() => builder.multipart(part),
        (Body::Single(part), attachments) => builder.multipart(with(MultiPart::mixed().singlepart(part), attachments)),
        (Body::Multi(part), attachments) => builder.multipart(with(MultiPart::mixed().multipart(part), attachments)),
    };
    message
        .map_err(|error| Failure::unrecoverable("INVALID_JOB_DATA", format!("the message cannot be written: {error}")))
}

enum Body {
    Single(SinglePart),
    Multi(MultiPart),
}

fn content(content: Content) -> Body {
    match content {
        Content::Text(text) => Body::Single(SinglePart::plain(text)),
        Content::Both { html, text } => Body::Multi(MultiPart::alternative_plain_html(text, html)),
        Content::Html(html) => match text_of(&html) {
            Some(text) => Body::Multi(MultiPart::alternative_plain_html(text, html)),
            None => Body::Single(SinglePart::builder().header(ContentType::TEXT_HTML).body(html)),
        },
    }
}

/// What a reader without HTML sees; `None` if there is nothing to read, or more HTML than anybody writes.
fn text_of(html: &str) -> Option<String> {
    if html.bytes().filter(|&byte| byte == b'<').count() > TAGS_MAX {
        return None;
    }
    let text = config::plain().allow_width_overflow().string_from_read(html.as_bytes(), TEXT_WIDTH).ok()?;
    Some(text).filter(|text| !text.trim().is_empty())
}

fn with(mixed: MultiPart, attachments: Vec<LoadedAttachment>) -> MultiPart {
    attachments.into_iter().fold(mixed, |mixed, LoadedAttachment { filename, content_type, bytes }| {
        mixed.singlepart(Attachment::new(filename).body(Vec::from(bytes), content_type))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id_of(id: &str) -> String {
        let job = Job { id: id.into(), timestamp: 1_700_000_000_000, ..Job::default() };
        message_id(&job, &"Synapse <no-reply@example.com>".parse().unwrap())
    }

    #[test]
    fn the_message_id_names_the_job() {
        assert_eq!(id_of("123"), "123.1700000000000@example.com");
        assert_eq!(id_of("123"), id_of("123"));
    }

    #[test]
    fn an_id_that_does_not_fit_into_a_header_is_hashed() {
        for id in ["welcome:ann@example.com", "a b", "x>\r\nBcc: eve@example.com", "", &"x".repeat(65)] {
            let local_part = id_of(id);
            assert!(local_part.split_once('.').unwrap().0.len() == 43, "{local_part}");
        }
        assert_ne!(id_of("a:1"), id_of("a:2"));
    }

    #[test]
    fn html_is_readable_as_text() {
        let html = "<h1>Welcome</h1><p>Hello <b>Ann</b>, see <a href=\"https://example.com/x\">your page</a>.</p>";
        let text = text_of(html).unwrap();
        assert!(text.contains("Welcome") && text.contains("Hello") && text.contains("https://example.com/x"), "{text}");
        assert!(!text.contains('<'), "{text}");
        assert_eq!(text_of("<img src=x>"), None);
    }

    #[test]
    fn html_that_is_nested_without_end_is_survived() {
        for (element, depth) in
            [("<div>", TAGS_MAX), ("<b>", TAGS_MAX), ("<table>", TAGS_MAX), ("<div>", TAGS_MAX * 10)]
        {
            let html = element.repeat(depth) + "deep";
            // On the stack that the blocking pool gives its threads.
            let text = std::thread::Builder::new().stack_size(2 << 20).spawn(move || text_of(&html)).unwrap();
            assert!(text.join().is_ok(), "{element}");
        }
    }
}
