using HeapDrift.Collector.Admission;
using HeapDrift.Collector.Alerts;
using HeapDrift.Collector.Detection;
using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Watching;
using HeapDrift.Instrumentation;
using Microsoft.Extensions.Configuration;

namespace HeapDrift.Collector.Agent;

/// <summary>What may stand below <c>HeapDrift</c>. A section finds what it does not know itself; that there is no such section is found here.</summary>
internal static class SettingNames
{
    private const string Root = HeapDriftOptions.Section + ":";

    private static readonly string[] Sections = [CaptureLimits.Section, DiscoveryOptions.Section, WatchOptions.Section, DetectorOptions.Section, AlertOptions.Section];

    /// <summary>Of the in-process package, which may have its settings in the same environment.</summary>
    private static readonly string[] OfThePackage =
        [.. typeof(HeapDriftOptions).GetProperties().Select(property => property.Name)];

    /// <exception cref="InvalidOperationException">Something else stands there, and would be without effect.</exception>
    public static void ThrowIfUnknown(IConfiguration configuration)
    {
        string[] unknown =
        [
            .. configuration.GetSection(HeapDriftOptions.Section).GetChildren().Select(child => child.Path)
                .Where(path => !Sections.Contains(path, StringComparer.OrdinalIgnoreCase) && !OfThePackage.Contains(path[Root.Length..], StringComparer.OrdinalIgnoreCase)),
        ];
        if (unknown.Length != 0)
        {
            throw new InvalidOperationException($"there is no setting {string.Join(", ", unknown)}: it takes {string.Join(", ", Sections)}");
        }
    }
}
