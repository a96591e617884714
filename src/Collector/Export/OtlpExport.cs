using System.Diagnostics;
using HeapDrift.Collector.Discovery;
using HeapDrift.Instrumentation;
using HeapDrift.Instrumentation.Telemetry;
using HeapDrift.Profiling.Reports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace HeapDrift.Collector.Export;

/// <summary>
/// Sends one capture by OTLP with the resource of the worker, as if the worker itself had sent it. All settings are the standard ones
/// (OpenTelemetry specification, OTLP exporter configuration); without an endpoint there is no export.
/// </summary>
internal sealed class OtlpExport : IDisposable
{
    /// <summary>Longer than the exporter's own timeout of 10 s, so that its reason is heard.</summary>
    private const int FlushMilliseconds = 15_000;

    private readonly ServiceProvider _services;
    private readonly DeliveryObserver _observer;
    private readonly ActivitySource _source;
    private CaptureSpan? _span;

    private OtlpExport(IEnumerable<KeyValuePair<string, object>> attributes, DeliveryObserver observer)
    {
        _observer = observer;
        _source = new ActivitySource(TelemetryNames.Source);
        ResourceBuilder resource = ResourceBuilder.CreateEmpty().AddTelemetrySdk().AddAttributes(attributes);
        _services = new ServiceCollection()
            .AddLogging(logging => logging.AddOpenTelemetry(options =>
            {
                options.SetResourceBuilder(resource);
                options.IncludeFormattedMessage = true;
                options.AddOtlpExporter(Observe);
            }))
            .BuildServiceProvider();
        Tracers = Sdk.CreateTracerProviderBuilder().AddSource(TelemetryNames.Source).SetResourceBuilder(resource).AddOtlpExporter(Observe).Build();
    }

    private TracerProvider Tracers { get; }

    /// <summary>Null when no endpoint is set, or OpenTelemetry is switched off, or the endpoint is not usable (which is complained about).</summary>
    public static OtlpExport? TryCreate(Worker worker, Action<string> complain) => TryCreate(ResourceOf(worker), complain);

    /// <inheritdoc cref="TryCreate(Worker, Action{string})"/>
    public static OtlpExport? TryCreate(IEnumerable<KeyValuePair<string, object>> resource, Action<string> complain)
    {
        if (!OtlpEndpoint.IsSet(OtlpEndpoint.ForCaptures, complain))
        {
            return null;
        }

        return new OtlpExport(resource, new DeliveryObserver());
    }

    /// <summary>Emits one event that belongs to no capture and waits until it is delivered.</summary>
    /// <returns>Null when the receiver has it.</returns>
    public Task<DeliveryFailure?> TellAsync(TelemetryEvent what, LogLevel level) => Task.Run(() =>
    {
        what.WriteTo(_services.GetRequiredService<ILoggerFactory>().CreateLogger(TelemetryNames.Source), level);
        return WhatFailed(_services.GetRequiredService<LoggerProvider>().ForceFlush(FlushMilliseconds));
    });

    public void Begin(CaptureTrigger trigger, WorkerIdentity worker, DateTimeOffset startedAt) =>
        _span = new CaptureTelemetry(_services.GetRequiredService<ILoggerFactory>().CreateLogger(TelemetryNames.Source), _source).Begin(trigger, worker, startedAt);

    /// <summary>Emits the report and waits until it is delivered.</summary>
    /// <returns>Null when the receiver has it.</returns>
    public Task<DeliveryFailure?> CompleteAsync(CaptureReport report, string? reportPath) => Task.Run(() =>
    {
        _span?.Complete(report, reportPath);
        bool isFlushed = Tracers.ForceFlush(FlushMilliseconds);
        isFlushed &= _services.GetRequiredService<LoggerProvider>().ForceFlush(FlushMilliseconds);
        return WhatFailed(isFlushed);
    });

    public void Dispose()
    {
        _span?.Dispose();
        Tracers.Dispose();
        _services.Dispose();
        _source.Dispose();
        _observer.Dispose();
    }

    private DeliveryFailure? WhatFailed(bool isFlushed) => _observer.TakeFailure()
        ?? (isFlushed && _observer.Deliveries > 0 ? null : new DeliveryFailure("the receiver did not take it in time", IsFinal: false));

    private void Observe(OtlpExporterOptions options) => options.HttpClientFactory = () =>
        new HttpClient(_observer, disposeHandler: false) { Timeout = TimeSpan.FromMilliseconds(options.TimeoutMilliseconds) };

    /// <summary>What the worker says of itself wins.</summary>
    public static IReadOnlyDictionary<string, object> ResourceOf(Worker worker)
    {
        var attributes = new Dictionary<string, object>
        {
            ["service.name"] = worker.Name,
            ["service.instance.id"] = worker.InstanceId,
            ["process.pid"] = (long)worker.Pid,
        };
        foreach ((string key, string value) in worker.Resource)
        {
            attributes[key] = value;
        }

        return attributes;
    }
}
