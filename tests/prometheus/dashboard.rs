//! The dashboard: JSON that Grafana imports, with expressions that Prometheus understands.

use serde_json::Value;

use super::{monitoring, promtool, read};

/// Every value of this key, however deep.
fn all<'a>(document: &'a Value, key: &str) -> Vec<&'a Value> {
    let below: Box<dyn Iterator<Item = &Value>> = match document {
        Value::Object(fields) => Box::new(fields.values()),
        Value::Array(items) => Box::new(items.iter()),
        _ => Box::new(std::iter::empty()),
    };
    let deeper = below.flat_map(|value| all(value, key));
    document.get(key).into_iter().chain(deeper).collect()
}

#[test]
fn prometheus_understands_every_expression_of_the_dashboard() {
    let text = read(&monitoring("grafana/clawtap.json"));
    let dashboard: Value = serde_json::from_str(&text).expect("valid JSON");
    let expressions = all(&dashboard["panels"], "expr");
    assert!(expressions.len() >= 10, "{expressions:?}");
    // JSON is YAML, too.
    let rules: Vec<Value> = expressions
        .iter()
        .enumerate()
        .map(
            |(index, expr)| serde_json::json!({ "record": format!("panel:{index}"), "expr": expr }),
        )
        .collect();
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    let groups = serde_json::json!({ "groups": [{ "name": "panels", "rules": rules }] });
    std::fs::write(file.path(), groups.to_string()).expect("our file");
    promtool(["check", "rules", file.path().to_str().expect("UTF-8")], "");
}

#[test]
fn the_dashboard_asks_the_prometheus_and_the_gateways_that_a_person_chooses() {
    let text = read(&monitoring("grafana/clawtap.json"));
    let dashboard: Value = serde_json::from_str(&text).expect("valid JSON");
    for source in all(&dashboard, "datasource") {
        assert_eq!(source["uid"], "${datasource}");
    }
    let variables = all(&dashboard["templating"], "name");
    assert_eq!(variables, ["datasource", "gateway"]);
    let ids = all(&dashboard["panels"], "id");
    let numbers: Vec<&Value> = ids.into_iter().filter(|id| id.is_u64()).collect();
    let distinct: std::collections::BTreeSet<_> = numbers.iter().map(|id| id.as_u64()).collect();
    assert_eq!(
        distinct.len(),
        dashboard["panels"].as_array().expect("panels").len()
    );
    for expr in all(&dashboard["panels"], "expr") {
        let expr = expr.as_str().expect("a text");
        assert!(
            expr.contains("$gateway") || expr.contains("clawtap_build_info"),
            "{expr}"
        );
    }
}
