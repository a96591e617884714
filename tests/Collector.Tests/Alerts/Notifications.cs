using System.Text;
using HeapDrift.Collector.Alerts;

namespace HeapDrift.Collector.Tests.Alerts;

/// <summary>Bodies as they come in.</summary>
internal static class Notifications
{
    /// <summary>As Alertmanager 0.25 sent it, with the receiver's name escaped as its templates do.</summary>
    public const string Alertmanager = """
        {"receiver":"leak\\.hook-1","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"HeapDriftLeakSuspected","process_pid":"42",
        "service_name":"shop","severity":"warning"},"annotations":{"summary":"shop grows"},"startsAt":"2026-11-22T20:34:50.613Z","endsAt":"0001-01-01T00:00:00Z",
        "generatorURL":"http://prometheus/graph?g0.expr=up","fingerprint":"e35c8ecb1d6f1a3b"}],"groupLabels":{"alertname":"HeapDriftLeakSuspected"},
        "commonLabels":{"alertname":"HeapDriftLeakSuspected","process_pid":"42"},"commonAnnotations":{},"externalURL":"http://alertmanager","version":"4",
        "groupKey":"{}:{alertname=\"HeapDriftLeakSuspected\"}","truncatedAlerts":0}
        """;

    /// <summary>As Grafana's documentation shows it (contact points, webhook notifier).</summary>
    public const string Grafana = """
        {"receiver":"hook","status":"firing","orgId":1,"alerts":[{"status":"firing","labels":{"alertname":"Leak","service_instance_id":"instance-42"},
        "annotations":{},"startsAt":"2026-11-22T20:34:50.613+02:00","endsAt":"0001-01-01T00:00:00Z","values":{"B":44.2},"generatorURL":"","fingerprint":"57c6d9296de2ad39",
        "silenceURL":"","dashboardURL":"","panelURL":"","imageURL":""},{"status":"resolved","labels":{"alertname":"Leak"},"annotations":{},"startsAt":"2026-11-22T20:00:00Z",
        "endsAt":"2026-11-22T20:30:00Z","values":null,"fingerprint":"57c6d9296de2ad40"}],"groupLabels":{},"commonLabels":{},"commonAnnotations":{},"externalURL":"","version":"1",
        "groupKey":"{}","truncatedAlerts":3,"title":"[FIRING:1]","state":"alerting","message":"..."}
        """;

    public static AlertNotification Parse(string body) => AlertParser.Parse(Encoding.UTF8.GetBytes(body));
}
