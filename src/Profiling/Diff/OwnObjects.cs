using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Diff;

/// <summary>
/// What HeapDrift and the runtime's own diagnostics keep in a worker: nobody looks for that, and looking at the worker makes it grow.
/// </summary>
internal static class OwnObjects
{
    private static readonly string[] Namespaces = ["HeapDrift.Instrumentation.", "HeapDrift.Profiling.", "HeapDrift.StartupHook", "System.Diagnostics.Tracing."];

    /// <summary>Whether a path begins at one of their static fields or threads' fields, or leads through one of their objects.</summary>
    public static bool Hold(IReadOnlyList<PathStep> path) => path.Any(step => IsOwn(step.StaticField ?? step.Name));

    private static bool IsOwn(string name) => Array.Exists(Namespaces, own => name.StartsWith(own, StringComparison.Ordinal));
}
