using System.Runtime.CompilerServices;
using HeapDrift.Instrumentation.Metrics;
using HeapDrift.Instrumentation.Signals;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace HeapDrift.Instrumentation.Hosting;

/// <summary>
/// Gives a host that is being built captures of its own, with its logger and its traces. Where the application called
/// <c>AddHeapDrift</c> those are its captures, with its settings. SIGUSR2 stays caught throughout: the next to be armed is told of signals
/// from then on, and nobody before.
/// </summary>
internal sealed class HostTakeover(SignalCaptures unhosted, HeapDriftOptions options)
{
    /// <param name="builder">Not an <see cref="IHostBuilder"/> where the application has another version of it: nothing happens then.</param>
    public void Prepare(object? builder) => Guard(() => (builder as IHostBuilder)?.ConfigureServices((_, services) => Guard(() => Add(services))));

    // Not inlined: a type or method that the application has in another version must fail inside of the guard.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Add(IServiceCollection services)
    {
        if (!services.Any(IsCaptures))
        {
            // Not AddHeapDrift: settings that do not validate would keep the host from starting.
            services.AddSingleton<IHostedService>(provider => new SignalCaptureService(
                Options.Create(options), TimeProvider.System, provider.GetServices<ILoggerProvider>(), provider.GetService<ILoggerFactory>()));
            Guard(() => AddMemory(services));
            Guard(() => AddSource(services));
        }

        services.AddSingleton<IHostedService>(new UnhostedEnd(unhosted));
    }

    private static bool IsCaptures(ServiceDescriptor service) =>
        service is { IsKeyedService: false } && service.ImplementationType == typeof(SignalCaptureService);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddMemory(IServiceCollection services)
    {
        services.TryAddSingleton(_ => new MemoryMeter(TimeProvider.System));
        services.AddSingleton<IHostedService>(provider => new MemoryService(
            provider.GetRequiredService<MemoryMeter>(), TimeProvider.System, provider.GetService<ILoggerFactory>()));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddSource(IServiceCollection services)
    {
        services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddSource(TelemetryNames.Source));
        services.ConfigureOpenTelemetryMeterProvider(metrics => metrics.AddMeter(TelemetryNames.Source));
    }

    private static void Guard(Action action)
    {
        try
        {
            action();
        }
#pragma warning disable CA1031 // The host must be built as if nobody had listened.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            StandardErrorLoggers.Tell(StandardErrorLoggers.WithReason("Not all of the host could be used.", failure));
        }
    }

    /// <summary>Runs last of all services, when the captures of the host are armed. A capture that still runs is asked to end.</summary>
    private sealed class UnhostedEnd(SignalCaptures unhosted) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken)
        {
            unhosted.StopReacting();
            return Task.CompletedTask;
        }

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
