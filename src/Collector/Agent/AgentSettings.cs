namespace HeapDrift.Collector.Agent;

/// <summary>What the command line of <c>heapdrift agent</c> sets; null leaves it to appsettings.json and the environment.</summary>
internal sealed record AgentSettings
{
    public const string DefaultUrls = "http://127.0.0.1:9464";

    public string? Urls { get; init; }

    public string? OutputDirectory { get; init; }

    public TimeSpan? Window { get; init; }

    public string? Engine { get; init; }
}
