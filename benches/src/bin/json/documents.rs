//! Documents such as programs get them, the same in every run.

use serde_json::{Value, json};

/// Their names and texts.
pub(crate) fn all() -> Vec<(&'static str, String)> {
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap_or_default();
    vec![
        ("small", item()),
        ("order", order().to_string()),
        ("messages", messages(400).to_string()),
        ("regions", regions(60).to_string()),
        ("catalogue", pretty(&catalogue(1200))),
    ]
}

/// Numbers that look random.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        self.0 >> 33
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len() as u64) as usize]
    }

    fn words(&mut self, of: &[&str], count: u64) -> String {
        let words: Vec<&str> = (0..count).map(|_| self.pick(of)).collect();
        words.join(" ")
    }
}

const WORDS: [&str; 16] = [
    "the",
    "river",
    "of",
    "small",
    "houses",
    "again",
    "morning",
    "\"quoted\"",
    "and",
    "winter",
    "a/b",
    "light",
    "under",
    "stone",
    "garden",
    "line\nbreak",
];
const FOREIGN: [&str; 8] = [
    "今日は",
    "新しい",
    "本を",
    "読んだ",
    "café",
    "größer",
    "привет",
    "🎉🎉",
];

/// What a form sends: some 60 bytes.
fn item() -> String {
    r#"{"name":"Left-handed mug","price":12.5,"quantity":3,"gift":true}"#.to_owned()
}

/// An order with its lines: some 2 kB.
fn order() -> Value {
    let mut random = Random(1);
    let lines: Vec<Value> = (0..12)
        .map(|line| {
            json!({
                "sku": format!("BK-{:05}", random.below(99999)),
                "title": random.words(&WORDS[..7], 3),
                "quantity": 1 + random.below(4),
                "price": (random.below(9000) + 500) as f64 / 100.0,
                "options": { "wrap": line % 3 == 0, "note": null },
            })
        })
        .collect();
    json!({
        "customer": {
            "id": 83_113, "name": "Ada Byron", "email": "ada@example.com",
            "address": { "street": "12 St James's Square", "city": "London", "zip": "SW1Y 4JH" },
        },
        "lines": lines,
        "coupons": ["SPRING", "FIRST"],
        "paid": false,
    })
}

/// Short messages with their authors, many of them not in ASCII.
fn messages(count: u64) -> Value {
    let mut random = Random(2);
    let all = (0..count).map(|number| {
        let words: &[&str] = if number % 3 == 0 { &FOREIGN } else { &WORDS };
        let tags: Vec<Value> = (0..random.below(3))
            .map(|_| json!({ "text": random.pick(&WORDS[..7]), "indices": [random.below(60), 60 + random.below(80)] }))
            .collect();
        let id = 505_874_924_095_815_700 + number;
        json!({
            "created_at": "Sun Aug 31 00:29:15 +0000 2014",
            "id": id,
            "id_str": id.to_string(),
            "text": random.words(words, 12),
            "truncated": false,
            "in_reply_to_status_id": null,
            "in_reply_to_screen_name": null,
            "user": {
                "id": 1_186_275_104 + random.below(1_000_000),
                "name": random.words(words, 2),
                "screen_name": format!("user{}", random.below(10_000)),
                "location": random.pick(&FOREIGN),
                "description": random.words(words, 9),
                "url": null,
                "followers_count": random.below(5000),
                "friends_count": random.below(900),
                "verified": false,
                "profile_image_url": "http://pbs.example.com/profile_images/497760886795153410/LDjAwR_y_normal.jpeg",
                "profile_background_color": "C0DEED",
                "geo_enabled": number % 7 == 0,
                "lang": "ja",
            },
            "geo": null,
            "coordinates": null,
            "retweet_count": random.below(40),
            "favorite_count": random.below(40),
            "entities": { "hashtags": tags, "symbols": [], "urls": [], "user_mentions": [] },
            "favorited": false,
            "retweeted": false,
            "lang": "ja",
        })
    });
    json!({ "statuses": all.collect::<Vec<_>>(), "search_metadata": { "completed_in": 0.087, "count": count } })
}

/// GeoJSON: outlines of many points.
fn regions(count: u64) -> Value {
    let mut random = Random(3);
    let features = (0..count).map(|number| {
        let mut points = Vec::new();
        for _ in 0..300 {
            let [x, y] = [180.0, 85.0]
                .map(|range| (random.next() as f64 / f64::from(1 << 31) - 0.5) * 2.0 * range);
            points.push(json!([x, y]));
        }
        json!({
            "type": "Feature",
            "properties": { "name": format!("Region {number}"), "area": random.below(1_000_000) },
            "geometry": { "type": "Polygon", "coordinates": [points] },
        })
    });
    json!({ "type": "FeatureCollection", "features": features.collect::<Vec<_>>() })
}

/// Books, indented as people read them.
fn catalogue(count: u64) -> Value {
    let mut random = Random(4);
    let books = (0..count).map(|number| {
        json!({
            "isbn": format!("978-0-{:04}-{:04}-{}", random.below(9999), random.below(9999), random.below(10)),
            "title": random.words(&WORDS, 4),
            "authors": [random.words(&WORDS[..7], 2), random.words(&FOREIGN, 1)],
            "published": 1900 + random.below(125),
            "price": (random.below(9000) + 500) as f64 / 100.0,
            "in_stock": number % 4 != 0,
            "tags": (0..random.below(5)).map(|_| random.pick(&WORDS)).collect::<Vec<_>>(),
            "rating": { "average": random.below(500) as f64 / 100.0, "votes": random.below(20_000) },
        })
    });
    json!({ "books": books.collect::<Vec<_>>() })
}
