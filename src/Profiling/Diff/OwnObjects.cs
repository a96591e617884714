using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Diff;

/// <summary>
/// What HeapDrift and the runtime's own diagnostics keep in a worker: nobody looks for that, and looking at the worker makes it grow.
/// </summary>
internal static class OwnObjects
{
    private static readonly string[] Namespaces = ["HeapDrift.Instrumentation.", "HeapDrift.Profiling.", "HeapDrift.StartupHook", "System.Diagnostics.Tracing."];

    private const string StaticField = "static ";

    /// <summary>Whether a path begins at one of their static fields or threads' fields, or leads through one of their objects.</summary>
    public static bool Hold(IReadOnlyList<PathStep> path) => path.Any(step => Array.Exists(Namespaces, own => NameOf(step).StartsWith(own, StringComparison.Ordinal)));

    private static ReadOnlySpan<char> NameOf(PathStep step)
    {
        int at = step.Kind == PathStepKind.Root ? step.Name.IndexOf(StaticField, StringComparison.Ordinal) : -1;
        return at < 0 ? step.Name : step.Name.AsSpan(at + StaticField.Length);
    }
}
