namespace HeapDrift.Collector.Tests;

/// <summary>The standard setting for an OTLP receiver, while it lives.</summary>
internal sealed class OtlpEnvironment : IDisposable
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public OtlpEnvironment(Uri receiver) => Environment.SetEnvironmentVariable(Endpoint, receiver.ToString());

    public void Dispose() => Environment.SetEnvironmentVariable(Endpoint, null);
}
