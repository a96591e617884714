using HeapDrift.Collector.Metrics;
using HeapDrift.Instrumentation;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace HeapDrift.Collector.Export;

/// <summary>Sends the metrics of all workers by OTLP, every minute unless OTEL_METRIC_EXPORT_INTERVAL says otherwise.</summary>
internal sealed class OtlpMetrics : IDisposable
{
    /// <summary>Series of one metric: 50 workers with seven categories are 350, a node with 500 needs this many.</summary>
    private const int MostSeries = 5_000;

    private readonly MeterProvider _provider;

    private OtlpMetrics(MeterProvider provider) => _provider = provider;

    /// <summary>Null when no endpoint is set.</summary>
    public static OtlpMetrics? TryCreate(Action<string> complain) => !OtlpEndpoint.IsSet(OtlpEndpoint.ReadEnvironment(), OtlpEndpoint.ForMetrics, complain) ? null : new OtlpMetrics(
        Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService("heapdrift-agent", autoGenerateServiceInstanceId: true))
            .AddMeter(WorkerMeter.Name, TelemetryNames.Source)
            .AddView(instrument => new MetricStreamConfiguration { CardinalityLimit = MostSeries })
            .SetExemplarFilter(ExemplarFilterType.TraceBased)
            .AddOtlpExporter()
            .Build());

    public void Dispose() => _provider.Dispose();
}
