using System.Globalization;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests;

/// <summary>The sample as a pre-fork server: one socket, several workers, each with its own handler.</summary>
public sealed class LeaderTests
{
    private const int SigKill = 9;
    private const int SigUsr2 = 12;
    private const int SigTerm = 15;

    [Fact]
    public async Task WorkersShareOneSocketAndEachIsArmedWhileTheLeaderKeepsTheSignalToItself()
    {
        using var folder = new TemporaryFolder();
        await using Shop shop = await Shop.StartAsync(folder.Path, arguments: ["--workers", "3"]);
        HashSet<int> workers = await WorkersAsync(shop, 3);

        await Eventually.HoldsAsync(() => workers.All(Shop.IsArmed), HeapDriftTool.Deadline, "every worker is armed", shop.Process.Describe);
        shop.Process.Signal(SigUsr2);
        await shop.WaitForLineAsync("SIGUSR2 is for workers");
        Assert.False(shop.Process.HasExited);
        Assert.All(workers, worker => Assert.True(Shop.IsArmed(worker)));
        Assert.DoesNotContain(shop.Process.StdoutLines, line => line.Contains("taking the baseline", StringComparison.Ordinal));

        string listed = (await HeapDriftTool.RunAsync("ps")).Stdout;
        Assert.All(workers, worker => Assert.Matches($@"(?m)^\s*{worker}\s+{shop.Process.Id}\s+LeakyShop .* armed ", listed));
    }

    [Fact]
    public async Task AWorkerThatDiesIsReplacedByAnArmedOne()
    {
        using var folder = new TemporaryFolder();
        await using Shop shop = await Shop.StartAsync(folder.Path, arguments: ["--workers", "2"]);
        HashSet<int> workers = await WorkersAsync(shop, 2);
        using (var victim = System.Diagnostics.Process.GetProcessById(workers.First()))
        {
            victim.Kill();
        }

        string line = await shop.Process.WaitForLineAsync(
            line => line.Contains($"worker {workers.First()} died with status {128 + SigKill}", StringComparison.Ordinal), HeapDriftTool.Deadline);
        int successor = int.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
        await Eventually.HoldsAsync(() => Shop.IsArmed(successor), HeapDriftTool.Deadline, "the successor is armed", shop.Process.Describe);
        await Eventually.HoldsAsync(async () => await shop.AskForPidAsync() == successor, HeapDriftTool.Deadline, "the successor serves");
    }

    [Fact]
    public async Task TheLeaderStopsItsWorkersAndEndsWithStatus0()
    {
        using var folder = new TemporaryFolder();
        await using Shop shop = await Shop.StartAsync(folder.Path, arguments: ["--workers", "2"]);
        HashSet<int> workers = await WorkersAsync(shop, 2);
        shop.Process.Signal(SigTerm);

        Assert.Equal(0, (await shop.Process.WaitForExitAsync(HeapDriftTool.Deadline)).Code);
        Assert.All(workers, worker => Assert.False(Shop.IsArmed(worker)));
    }

    private static async Task<HashSet<int>> WorkersAsync(Shop shop, int count)
    {
        var workers = new HashSet<int>();
        await Eventually.HoldsAsync(
            async () =>
            {
                workers.Add(await shop.AskForPidAsync());
                return workers.Count == count;
            },
            HeapDriftTool.Deadline,
            $"{count} workers answer on one socket",
            shop.Process.Describe);
        return workers;
    }
}
