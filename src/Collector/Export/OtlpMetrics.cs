using HeapDrift.Collector.Metrics;
using HeapDrift.Instrumentation;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace HeapDrift.Collector.Export;

/// <summary>
/// Sends the metrics of all workers by OTLP, every minute unless OTEL_METRIC_EXPORT_INTERVAL says otherwise. The SDK keeps the place of each series that it
/// ever saw, and puts together in one of overflow what finds no place: after some hundred restarts of workers none that is alive would be told apart. So
/// the workers' series are begun anew before that; captures, which are counted over the agent's life, are sent beside them.
/// </summary>
internal sealed class OtlpMetrics : IDisposable
{
    /// <summary>Series of one metric, for which the SDK takes 100 bytes each in advance: nine categories of memory of 500 workers.</summary>
    private const int MostSeries = 5_000;

    /// <summary>Workers that may have had series before the rest is kept for those that come until the next look.</summary>
    private const int MostWorkers = 400;

    /// <summary>Fewer that have ended are not worth it.</summary>
    private const int LeastEnded = 100;

    private readonly IConfiguration _environment;
    private readonly Func<WorkerMeter> _measure;
    private readonly MeterProvider _captures;
    private WorkerMeter _workers;
    private MeterProvider _provider;

    private OtlpMetrics(IConfiguration environment, Func<WorkerMeter> measure)
    {
        (_environment, _measure) = (environment, measure);
        _captures = Build(TelemetryNames.Source);
        _workers = measure();
        _provider = Build(WorkerMeter.Name);
    }

    /// <summary>Null when no endpoint is set, and when a setting is not usable, which is complained about.</summary>
    /// <param name="environment">With the standard settings.</param>
    /// <param name="measure">Makes the instruments of the workers.</param>
    /// <param name="complain">Told in one sentence what is wrong.</param>
    public static OtlpMetrics? TryCreate(IConfiguration environment, Func<WorkerMeter> measure, Action<string> complain)
    {
        try
        {
            return OtlpEndpoint.IsSet(environment, OtlpEndpoint.ForMetrics, complain) ? new OtlpMetrics(environment, measure) : null;
        }
        catch (ArgumentException unusable)
        {
            complain($"no metrics are sent by OTLP: {unusable.Message}");
            return null;
        }
    }

    /// <summary>
    /// Begins the workers' series anew where those that have ended take the place of those to come. Sends a last time what there is, and waits for it. For
    /// one caller at a time.
    /// </summary>
    public void MakeRoom()
    {
        (int seen, int ended) = _workers.Seen;
        if (seen <= MostWorkers || ended < LeastEnded)
        {
            return;
        }

        _provider.Dispose();
        _workers.Dispose();
        _workers = _measure();
        _provider = Build(WorkerMeter.Name);
    }

    public void Dispose()
    {
        _provider.Dispose();
        _workers.Dispose();
        _captures.Dispose();
    }

    private MeterProvider Build(string meter) => Sdk.CreateMeterProviderBuilder()
        .ConfigureServices(services => services.AddSingleton(_environment))
        .ConfigureResource(resource => resource.AddService("heapdrift-agent", autoGenerateServiceInstanceId: true))
        .AddMeter(meter)
        .AddView(instrument => new MetricStreamConfiguration { CardinalityLimit = MostSeries })
        .SetExemplarFilter(ExemplarFilterType.TraceBased)
        .AddOtlpExporter(exporter => OtlpSignalSettings.Apply(exporter, _environment, OtlpEndpoint.Metrics))
        .Build();
}
