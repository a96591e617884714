using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Trace;

namespace HeapDrift.Instrumentation.Hosting;

/// <summary>
/// Notices when the program builds a host, by the diagnostic events that the hosting library writes for tools (dotnet/runtime,
/// HostFactoryResolver): <c>HostBuilding</c> brings the builder, <c>HostBuilt</c> the host. Never throws into the program.
/// </summary>
internal sealed class HostObserver(LateBoundLoggerFactory loggers) : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private const string HostingListener = "Microsoft.Extensions.Hosting";

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == HostingListener)
        {
            value.Subscribe(this);
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        try
        {
            switch (value)
            {
                case { Key: "HostBuilding", Value: IHostBuilder builder }:
                    builder.ConfigureServices((_, services) =>
                        services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddSource(TelemetryNames.Source)));
                    break;
                case { Key: "HostBuilt", Value: IHost host } when host.Services.GetService<ILoggerFactory>() is { } hosted:
                    loggers.Bind(hosted);
                    break;
            }
        }
#pragma warning disable CA1031 // The program builds its host; it must not fail because of a watcher.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.Unexpected(loggers.CreateLogger(TelemetryNames.Source), failure);
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }
}
