using System.Text.Json;
using System.Text.Json.Nodes;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests;

/// <summary>The built executable, run as a script would run it.</summary>
internal static class HeapDriftTool
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    /// <summary>Without the test machine's own telemetry settings.</summary>
    private static readonly Dictionary<string, string?> Clean = new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = null, ["OTEL_SDK_DISABLED"] = null };

    public static Task<ProcessResult> RunAsync(params IReadOnlyList<string> arguments) =>
        ChildProcess.RunAsync(new ChildProcessStart(RepositoryPaths.HeapDrift, arguments) { Environment = Clean }, Deadline);

    public static Task<ProcessResult> RunAsync(IReadOnlyDictionary<string, string?> environment, params IReadOnlyList<string> arguments) =>
        ChildProcess.RunAsync(
            new ChildProcessStart(RepositoryPaths.HeapDrift, arguments) { Environment = CleanWith(environment) },
            Deadline);

    public static ChildProcess Start(params IReadOnlyList<string> arguments) => Start(Clean, arguments);

    /// <summary>With SIGINT and SIGHUP as a terminal leaves them: what a shell starts in the background has them ignored, and so would the tool.</summary>
    public static ChildProcess Start(IReadOnlyDictionary<string, string?> environment, IReadOnlyList<string> arguments) =>
        ChildProcess.Start(new ChildProcessStart("env", ["--default-signal=INT,HUP", RepositoryPaths.HeapDrift, .. arguments]) { Environment = CleanWith(environment) });

    /// <summary>In a mount namespace of its own, which a shell command fills before the tool takes the shell's place.</summary>
    public static ChildProcess StartWithMounts(IReadOnlyDictionary<string, string?> environment, string mount, IReadOnlyList<string> arguments)
    {
        string[] unshare = Environment.IsPrivilegedProcess ? ["--mount"] : ["--user", "--map-root-user", "--mount"];
        return ChildProcess.Start(new ChildProcessStart("unshare", [.. unshare, "sh", "-c", $"{mount} && exec \"$0\" \"$@\"", RepositoryPaths.HeapDrift, .. arguments])
        {
            Environment = CleanWith(environment),
        });
    }

    private static Dictionary<string, string?> CleanWith(IReadOnlyDictionary<string, string?> environment) =>
        Clean.Concat(environment).GroupBy(pair => pair.Key).ToDictionary(same => same.Key, same => same.Last().Value);

    /// <summary>Standard output as the one JSON document that it must be.</summary>
    public static JsonNode Json(this ProcessResult result)
    {
        try
        {
            return JsonNode.Parse(result.Stdout)!;
        }
        catch (JsonException broken)
        {
            throw new InvalidDataException($"standard output is not one JSON document:\n{result.Stdout}\n{result.Stderr}", broken);
        }
    }
}
