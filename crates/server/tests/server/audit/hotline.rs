//! A hotline's writes: one work order by program, some by table.

use super::Audit;
use serde_json::json;

const ORDERS: &str = "/api/linkage/work-orders";

/// Hands in a work order, looks through a table of some, and takes it in.
pub(super) async fn hotline(audit: &mut Audit) {
    let dispatcher = audit.house.person("dispatcher").await;
    let order = json!({
        "source": "12345", "number": "ZZ0001", "received_at": "2026-01-05T01:30:00Z", "kind": "help",
        "words": "路边的树倒了，挡住了路", "place": { "address": "区政府门口" }, "caller_phone": "13900000003",
    });
    audit.does("hand_in_work_order", dispatcher.post(ORDERS, order)).await;
    let table = "工单编号,受理时间,诉求内容,地址\nZZ0002,2026-01-05 09:30,路灯不亮了,区政府门口\n";
    for dry_run in ["true", "false"] {
        let part = reqwest::multipart::Part::bytes(table.as_bytes()).file_name("orders.csv");
        let form = reqwest::multipart::Form::new()
            .part("file", part)
            .text("source", "12345")
            .text("dry_run", dry_run);
        let request = dispatcher.client.post(format!("{}{ORDERS}/file", dispatcher.url)).multipart(form);
        let told = audit.does("hand_in_work_orders", dispatcher.send(request)).await;
        assert_eq!(told["filed"], 1, "{told}");
    }
}
