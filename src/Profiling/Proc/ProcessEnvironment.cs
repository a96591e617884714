namespace HeapDrift.Profiling.Proc;

/// <summary>
/// What a process was started with, from <c>/proc/PID/environ</c> (proc_pid_environ(5)): only the variables that say who the worker
/// is and where its diagnostics socket lies. All others, which is where secrets live, are dropped while parsing.
/// </summary>
internal static class ProcessEnvironment
{
    private static readonly string[] Prefixes =
        ["OTEL_", "HEAPDRIFT_", "HeapDrift__", "DOTNET_EnableDiagnostics", "DOTNET_DiagnosticPorts"];

    /// <summary>Beside the temporary directory, the names under which pods usually get their own identity.</summary>
    private static readonly HashSet<string> Names =
    [
        "TMPDIR",
        "HOSTNAME",
        "POD_NAME",
        "POD_NAMESPACE",
        "POD_UID",
        "NODE_NAME",
        "CONTAINER_NAME",
        "KUBERNETES_SERVICE_HOST",
        "K8S_POD_NAME",
        "K8S_POD_UID",
        "K8S_POD_NAMESPACE",
        "K8S_NAMESPACE",
        "K8S_NAMESPACE_NAME",
        "K8S_NODE_NAME",
        "K8S_CONTAINER_NAME",
    ];

    /// <param name="text">
    /// Entries <c>NAME=value</c>, each ended by a NUL. Entries without a name are skipped; the first of equal names counts, as for
    /// getenv(3).
    /// </param>
    public static IReadOnlyDictionary<string, string> Parse(string text)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Range range in text.AsSpan().Split('\0'))
        {
            ReadOnlySpan<char> entry = text.AsSpan(range);
            int equals = entry.IndexOf('=');
            if (equals > 0 && IsWanted(entry[..equals].ToString()))
            {
                variables.TryAdd(entry[..equals].ToString(), entry[(equals + 1)..].ToString());
            }
        }

        return variables;
    }

    /// <summary>OTEL_EXPORTER_OTLP_HEADERS and its like carry API keys.</summary>
    private static bool IsWanted(string name) =>
        Names.Contains(name)
        || (Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))
            && !name.EndsWith("_HEADERS", StringComparison.Ordinal));
}
