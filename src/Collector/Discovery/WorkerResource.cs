namespace HeapDrift.Collector.Discovery;

/// <summary>
/// The OpenTelemetry resource of a worker, from its own environment (OpenTelemetry specification, resource SDK: comma-separated
/// <c>key=value</c>, values percent-encoded; <c>OTEL_SERVICE_NAME</c> wins).
/// </summary>
internal static class WorkerResource
{
    private const string ServiceName = "service.name";

    public static IReadOnlyDictionary<string, string> FromEnvironment(IReadOnlyDictionary<string, string>? environment)
    {
        var resource = new Dictionary<string, string>(StringComparer.Ordinal);
        if (environment is null)
        {
            return resource;
        }

        string pairs = environment.GetValueOrDefault("OTEL_RESOURCE_ATTRIBUTES", "");
        foreach (string pair in pairs.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                resource[pair[..equals].Trim()] = Uri.UnescapeDataString(pair[(equals + 1)..].Trim());
            }
        }

        if (environment.GetValueOrDefault("OTEL_SERVICE_NAME") is { Length: > 0 } name)
        {
            resource[ServiceName] = name;
        }

        return resource;
    }
}
