using HeapDrift.Profiling.Proc;
using HeapDrift.TestKit;

namespace HeapDrift.StartupHook.Tests;

/// <summary>Starting programs with the hook in their environment, and nothing else changed.</summary>
internal static class HookedProcess
{
    public const int SigUsr2 = 12;

    // Starting takes a tenth of a second on an idle machine and seconds on one that compiles at the same time.
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static string HookFolder => RepositoryPaths.Output("StartupHook");

    public static ChildProcessStart With(
        this ChildProcessStart start, string? hookFolder = null, params IReadOnlyList<(string Name, string? Value)> environment) => start with
        {
            Environment = new Dictionary<string, string?>(environment.Select(variable => KeyValuePair.Create(variable.Name, variable.Value)))
            {
                ["DOTNET_STARTUP_HOOKS"] = Path.Join(hookFolder ?? HookFolder, "HeapDrift.StartupHook.dll"),
            },
        };

    public static ChildProcessStart Host(string kind) =>
        new(Path.Join(RepositoryPaths.Output("UnmodifiedHost"), "UnmodifiedHost"), kind);

    public static Func<string, bool> Says(string text) => line => line.Contains(text, StringComparison.Ordinal);

    /// <summary>A line of the logger of UnmodifiedHost, which writes JSON.</summary>
    public static Func<string, bool> Logs(string text) => line => line.StartsWith('{') && line.Contains(text, StringComparison.Ordinal);

    /// <summary>The only line on standard error. It may be read later than a later line on standard output.</summary>
    public static async Task<string> OnlyErrorAsync(ChildProcess process)
    {
        await process.WaitForLineAsync(line => line.StartsWith("heapdrift: ", StringComparison.Ordinal), Patience);
        return Assert.Single(process.StderrLines);
    }

    public static SignalDisposition? Usr2Of(int pid) => new ProcFileSystem().TryReadStatus(pid).Value?.Usr2;
}
