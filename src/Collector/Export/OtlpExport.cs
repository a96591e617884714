using System.Diagnostics;
using HeapDrift.Collector.Discovery;
using HeapDrift.Instrumentation;
using HeapDrift.Instrumentation.Telemetry;
using HeapDrift.Profiling.Reports;
using Microsoft.Extensions.Configuration;
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
/// (OpenTelemetry specification, OTLP exporter configuration); without an endpoint there is no export. One at a time in a process: .NET
/// hands the spans of a source to everybody who listens to its name.
/// </summary>
internal sealed class OtlpExport : IDisposable
{
    /// <summary>Longer than the exporter's own timeout of 10 s, so that its reason is heard.</summary>
    private const int FlushMilliseconds = 15_000;

    private readonly ServiceProvider _services;
    private readonly ILogger _logger;
    private readonly TracerProvider _tracers;
    private readonly DeliveryObserver? _traces;
    private readonly DeliveryObserver? _logs;
    private readonly ActivitySource _source = new(TelemetryNames.Source);
    private CaptureSpan? _span;

    /// <summary>For all of a report, or for what is still missing of it. The span is made in either case: log records name it.</summary>
    /// <param name="attributes">The worker's resource.</param>
    /// <param name="environment">With the standard settings; an endpoint must be among them (<see cref="OtlpEndpoint.IsSet"/>).</param>
    /// <param name="sendsTraces">
    /// False where the receiver has them already. The trace is the same every time; the span is not, so that what is sent in two attempts is
    /// joined by its trace only.
    /// </param>
    /// <param name="sendsLogs">Likewise.</param>
    /// <exception cref="ArgumentException">For example headers that are none.</exception>
    public OtlpExport(IEnumerable<KeyValuePair<string, object>> attributes, IConfiguration environment, bool sendsTraces, bool sendsLogs)
    {
        HasTraces = OtlpEndpoint.IsSetFor(environment, OtlpEndpoint.Traces);
        HasLogs = OtlpEndpoint.IsSetFor(environment, OtlpEndpoint.Logs);
        _traces = sendsTraces && HasTraces ? new() : null;
        _logs = sendsLogs && HasLogs ? new() : null;
        ResourceBuilder resource = ResourceBuilder.CreateEmpty().AddTelemetrySdk().AddAttributes(attributes);
        _services = new ServiceCollection()
            .AddSingleton(environment)
            .AddLogging(logging => logging.AddOpenTelemetry(options =>
            {
                options.SetResourceBuilder(resource);
                options.IncludeFormattedMessage = true;
                if (_logs is not null)
                {
                    options.AddOtlpExporter(exporter => SetUp(exporter, environment, OtlpEndpoint.Logs, _logs));
                }
            }))
            .BuildServiceProvider();
        try
        {
            // Now, because the settings of an exporter are looked at when it is made.
            _logger = _services.GetRequiredService<ILoggerFactory>().CreateLogger(TelemetryNames.Source);
            TracerProviderBuilder tracers = Sdk.CreateTracerProviderBuilder()
                .ConfigureServices(services => services.AddSingleton(environment)).AddSource(TelemetryNames.Source).SetResourceBuilder(resource);
            _tracers = (_traces is null ? tracers : tracers.AddOtlpExporter(exporter => SetUp(exporter, environment, OtlpEndpoint.Traces, _traces))).Build();
        }
        catch
        {
            _services.Dispose();
            throw;
        }
    }

    /// <summary>Whether there is an endpoint for it.</summary>
    public bool HasTraces { get; }

    /// <inheritdoc cref="HasTraces"/>
    public bool HasLogs { get; }

    /// <summary>Null when no endpoint is set, or OpenTelemetry is switched off, or a setting is not usable (which is complained about).</summary>
    public static OtlpExport? TryCreate(Worker worker, Action<string> complain)
    {
        IConfiguration environment = OtlpEndpoint.ReadEnvironment();
        try
        {
            return OtlpEndpoint.IsSet(environment, OtlpEndpoint.ForCaptures, complain) ? new OtlpExport(ResourceOf(worker), environment, sendsTraces: true, sendsLogs: true) : null;
        }
        catch (ArgumentException unusable)
        {
            complain($"nothing will be sent by OTLP, the report stays on disk: {unusable.Message}");
            return null;
        }
    }

    /// <summary>Emits one event and waits until it is delivered.</summary>
    /// <param name="what">What happened.</param>
    /// <param name="level">How serious it is.</param>
    /// <param name="trace">Of the capture that it belongs to; null for none.</param>
    /// <returns>Null when the receiver has it, and when it wants no logs.</returns>
    public Task<DeliveryFailure?> TellAsync(TelemetryEvent what, LogLevel level, ActivityTraceId? trace = null) => Task.Run(() =>
    {
        if (trace is { } id)
        {
            CaptureTraceId.Measure(id, () => what.WriteTo(_logger, level));
        }
        else
        {
            what.WriteTo(_logger, level);
        }

        return FailureOf(_logs, _services.GetRequiredService<LoggerProvider>().ForceFlush(FlushMilliseconds), isExpected: true);
    });

    /// <param name="trigger">What started the capture.</param>
    /// <param name="worker">Whom it is about.</param>
    /// <param name="startedAt">When.</param>
    /// <param name="isStartTold">The receiver has heard of the start already.</param>
    public void Begin(CaptureTrigger trigger, WorkerIdentity worker, DateTimeOffset startedAt, bool isStartTold = false) =>
        _span = new CaptureTelemetry(_logger, _source) { IsStartTold = isStartTold }.Begin(trigger, worker, startedAt);

    /// <summary>Emits the report and waits until it is delivered.</summary>
    public Task<DeliveryResult> CompleteAsync(CaptureReport report, string? reportPath) => Task.Run(() =>
    {
        // A sampler that the settings name may have left it out, and then nothing is missing at the receiver.
        bool isSampled = false;
        _span?.Run(() => isSampled = Activity.Current is { Recorded: true });
        _span?.Complete(report, reportPath);
        return new DeliveryResult(
            FailureOf(_traces, _tracers.ForceFlush(FlushMilliseconds), isExpected: isSampled),
            FailureOf(_logs, _services.GetRequiredService<LoggerProvider>().ForceFlush(FlushMilliseconds), isExpected: true));
    });

    public void Dispose()
    {
        _span?.Dispose();
        _tracers.Dispose();
        _services.Dispose();
        _source.Dispose();
        _traces?.Dispose();
        _logs?.Dispose();
    }

    private static DeliveryFailure? FailureOf(DeliveryObserver? observer, bool isFlushed, bool isExpected) =>
        observer is null ? null
        : observer.Failure ?? (isFlushed && (observer.Deliveries > 0 || !isExpected) ? null : new DeliveryFailure("the receiver did not take it in time", DeliveryFailureKind.Unreachable));

    private static void SetUp(OtlpExporterOptions options, IConfiguration environment, string signal, DeliveryObserver observer)
    {
        OtlpSignalSettings.Apply(options, environment, signal);
        options.HttpClientFactory = () => new HttpClient(observer, disposeHandler: false) { Timeout = TimeSpan.FromMilliseconds(options.TimeoutMilliseconds) };
    }

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
