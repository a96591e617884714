using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Native;
using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Demo;

/// <summary>The story of the demo: start, leak, signal, leak on, signal, report. Everything is real but the customers.</summary>
internal sealed class LeakDemo(string output, Action<string> tell)
{
    private const string LeakKind = "session-cache";

    private static readonly TimeSpan StepDeadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Leaking = TimeSpan.FromSeconds(6);

    /// <summary>Runs the demo and returns the folder of its report.</summary>
    /// <exception cref="DemoException">A step did not come to its end.</exception>
    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(output);
        string[] before = Directory.GetDirectories(output);
        using DemoShop shop = DemoShop.Start(output);
        await using var customers = new DemoCustomers(shop.Address);
        tell($"1. A shop with HeapDrift.Instrumentation runs as process {shop.Pid} at {shop.Address}");
        await UntilAsync(shop, "the shop to answer and to arm SIGUSR2", async () => IsArmed(shop.Pid) && await customers.AreServedAsync(), cancellationToken);

        await customers.SwitchLeakOnAsync(LeakKind, cancellationToken);
        customers.Start();
        tell($"2. Its leak '{LeakKind}' is on, and {DemoCustomers.Count} customers order without pause");
        await Task.Delay(WarmUp, cancellationToken);

        tell($"3. kill -USR2 {shop.Pid}: the first signal takes the baseline");
        Signal(shop);
        await UntilAsync(shop, "the baseline", () => Task.FromResult(shop.HasSaid("Baseline taken")), cancellationToken);
        await Task.Delay(Leaking, cancellationToken);

        tell($"4. kill -USR2 {shop.Pid}: the second signal takes the final snapshot and compares");
        Signal(shop);
        string? report = null;
        await UntilAsync(
            shop,
            "the report",
            () => Task.FromResult((report = FindReport(before)) is not null),
            cancellationToken);
        tell($"5. The report is there, and the shop {(await customers.AreServedAsync() ? "serves on as before" : "does not answer any more")}");
        return report!;
    }

    private static void Signal(DemoShop shop)
    {
        if (ProcessSignal.TrySendUsr2(shop.Pid, () => IsArmed(shop.Pid)) != SignalResult.Sent)
        {
            throw new DemoException($"SIGUSR2 could not be sent to the shop. It said:\n{shop.LastLines}");
        }
    }

    private static bool IsArmed(int pid) => new ProcFileSystem().TryReadStatus(pid).Value?.Usr2 == SignalDisposition.Caught;

    /// <summary>Folders are renamed to their name when the report in them is whole.</summary>
    private string? FindReport(string[] before) => Directory.GetDirectories(output)
        .Except(before)
        .FirstOrDefault(folder => File.Exists(Path.Join(folder, ReportFolder.JsonFile)) && Path.GetFileName(folder)[0] != '.');

    private static async Task UntilAsync(DemoShop shop, string what, Func<Task<bool>> condition, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(StepDeadline);
        while (!await condition())
        {
            if (shop.HasExited || deadline.IsCancellationRequested)
            {
                string reason = shop.HasExited ? "the shop ended" : $"nothing came within {StepDeadline.TotalSeconds:0} seconds";
                throw new DemoException($"waiting for {what}: {reason}. It said:\n{shop.LastLines}");
            }

            await Task.Delay(Poll, cancellationToken);
        }
    }
}
