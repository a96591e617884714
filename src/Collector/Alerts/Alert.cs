namespace HeapDrift.Collector.Alerts;

/// <summary>One alert of a notification, from Alertmanager (webhook version 4) or Grafana (version 1).</summary>
internal sealed record Alert
{
    public required bool IsFiring { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>A hash over the labels, made by the sender: the same for every repetition and from every member of a cluster.</summary>
    public required string Fingerprint { get; init; }

    public string Name => Labels.GetValueOrDefault("alertname", "unnamed alert");
}

/// <summary>What one POST brought.</summary>
/// <param name="Alerts">In the order of the body.</param>
/// <param name="Truncated">How many more the sender left out.</param>
internal sealed record AlertNotification(IReadOnlyList<Alert> Alerts, long Truncated);
