using HeapDrift.Collector.Metrics;
using HeapDrift.Instrumentation;
using Microsoft.Extensions.Configuration;
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

    private OtlpMetrics(IConfiguration environment) => _provider = Sdk.CreateMeterProviderBuilder()
        .ConfigureResource(resource => resource.AddService("heapdrift-agent", autoGenerateServiceInstanceId: true))
        .AddMeter(WorkerMeter.Name, TelemetryNames.Source)
        .AddView(instrument => new MetricStreamConfiguration { CardinalityLimit = MostSeries })
        .SetExemplarFilter(ExemplarFilterType.TraceBased)
        .AddOtlpExporter(exporter => OtlpSignalSettings.Apply(exporter, environment, OtlpEndpoint.Metrics))
        .Build();

    /// <summary>Null when no endpoint is set, and when a setting is not usable, which is complained about.</summary>
    public static OtlpMetrics? TryCreate(Action<string> complain)
    {
        IConfiguration environment = OtlpEndpoint.ReadEnvironment();
        try
        {
            return OtlpEndpoint.IsSet(environment, OtlpEndpoint.ForMetrics, complain) ? new OtlpMetrics(environment) : null;
        }
        catch (ArgumentException unusable)
        {
            complain($"no metrics are sent by OTLP: {unusable.Message}");
            return null;
        }
    }

    public void Dispose() => _provider.Dispose();
}
