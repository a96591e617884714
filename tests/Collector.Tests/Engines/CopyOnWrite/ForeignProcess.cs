using System.Globalization;
using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Engines.CopyOnWrite;

/// <summary>
/// A target that is not a child of the tests, since <see cref="System.Diagnostics.Process"/> takes a stop of its child for the end: a shell
/// stands in between. The target says "ready PID".
/// </summary>
internal static class ForeignProcess
{
    public static ChildProcessStart Start(string file, params IReadOnlyList<string> arguments) =>
        new("sh", ["-c", "\"$0\" \"$@\"; exit $?", file, .. arguments]);

    public static Task<PlainWorker> StartPlainWorkerAsync(int major, params IReadOnlyList<string> arguments) =>
        PlainWorker.StartAsync(Start(RepositoryPaths.PlainWorker(major), arguments));

    public static int Pid(ChildProcess process) => int.Parse(
        process.StdoutLines.First(line => line.StartsWith("ready ", StringComparison.Ordinal)).Split(' ')[1], CultureInfo.InvariantCulture);
}
