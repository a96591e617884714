using HeapDrift.Collector.Captures;

namespace HeapDrift.Collector.Demo;

/// <summary>The story of the demo: start, leak, signal, leak on, signal, report. Everything is real but the customers.</summary>
/// <param name="output">The folder for reports.</param>
/// <param name="stays">Whether shop and agent go on after the report, until the demo is cancelled.</param>
/// <param name="tell">Prints a line.</param>
internal sealed class LeakDemo(string output, bool stays, Action<string> tell)
{
    private const string LeakKind = "session-cache";

    private static readonly TimeSpan StepDeadline = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Leaking = TimeSpan.FromSeconds(8);

    /// <summary>Runs the demo and returns the folder of its report.</summary>
    /// <exception cref="DemoException">A step did not come to its end.</exception>
    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        using var folder = new DemoFolder(output);
        string report = await RunAsync(folder, cancellationToken);
        return folder.Keep(report);
    }

    private async Task<string> RunAsync(DemoFolder folder, CancellationToken cancellationToken)
    {
        using var agent = new DemoAgent(folder.Path);
        using var shop = new DemoShop(folder.Path);
        await using var customers = new DemoCustomers(shop.Address);
        tell($"1. A shop with HeapDrift.Instrumentation runs as process {shop.Process.Pid} at {shop.Address}");
        await UntilAsync(shop.Process, "the shop to answer and to arm SIGUSR2", async () => shop.IsArmed && await customers.AreServedAsync(), cancellationToken);
        await customers.SwitchLeakOnAsync(LeakKind, cancellationToken);
        customers.Start();
        tell($"2. Its leak '{LeakKind}' is on, and {DemoCustomers.Count} customers order without pause");
        await UntilAsync(agent.Process, "the agent to watch the shop", () => agent.IsListeningToAsync(shop.Process.Pid), cancellationToken);
        tell($"3. The HeapDrift agent watches it: {agent.Address}");

        tell($"4. kill -USR2 {shop.Process.Pid}: the first signal takes the baseline");
        shop.Signal();
        await UntilAsync(agent.Process, "the baseline", async () => (await agent.CaptureMessageAsync()).Contains("waiting until", StringComparison.Ordinal), cancellationToken);
        await Task.Delay(Leaking, cancellationToken);

        tell($"5. kill -USR2 {shop.Process.Pid}: the second signal takes the final snapshot and compares");
        shop.Signal();
        string? report = null;
        await UntilAsync(agent.Process, "the report", () => Task.FromResult((report = folder.Report) is not null), cancellationToken);
        tell($"6. The report is there, and the shop {(await customers.AreServedAsync() ? "serves on as before" : "does not answer any more")}");
        tell($"\n{await File.ReadAllTextAsync(Path.Join(report!, ReportFolder.TextFile), cancellationToken)}");
        if (stays)
        {
            tell($"Shop and agent go on until Ctrl-C. The agent's page: {agent.Address}");
            await Task.Delay(Timeout.Infinite, cancellationToken).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        return report!;
    }

    private static async Task UntilAsync(DemoProcess process, string what, Func<Task<bool>> condition, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(StepDeadline);
        while (!await condition())
        {
            if (process.HasExited || deadline.IsCancellationRequested)
            {
                string reason = process.HasExited ? "it ended" : $"nothing came within {StepDeadline.TotalSeconds:0} seconds";
                throw new DemoException($"waiting for {what}: {reason}. It said:\n{process.LastLines}");
            }

            await Task.Delay(Poll, cancellationToken);
        }
    }
}
