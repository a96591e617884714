using HeapDrift.Collector.Discovery;
using Microsoft.Extensions.Time.Testing;

namespace HeapDrift.Collector.Tests.Discovery;

/// <summary>Who is a worker, who leads it and what it is called, on processes that are made up.</summary>
public sealed class WorkerInventoryTests : IDisposable
{
    private const string SharedId = "OTEL_RESOURCE_ATTRIBUTES=service.instance.id=shop-1";

    private readonly FakeProcesses _processes = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly List<string> _complaints = [];
    private TimeSpan _uptime = TimeSpan.FromHours(10);

    public void Dispose() => _processes.Dispose();

    [Fact]
    public void WorkersOfAPreForkServerAreGroupedUnderTheLeaderAndNotUnderTheShellThatStartedIt()
    {
        _processes.Put(new(5) { Command = "sh", CommandLine = "sh|/start.sh", Executable = "/bin/sh" })
            .Put(new(10) { ParentPid = 5 }).Put(new(11) { ParentPid = 10 }).Put(new(12) { ParentPid = 10 });

        Worker[] workers = [.. Inventory("gunicorn").Scan()];

        Assert.Equal([(10, null, true), (11, 10, false), (12, 10, false)], workers.Select(worker => (worker.Pid, worker.LeaderPid, worker.IsLeader)));
        Assert.All(workers, worker => Assert.Equal(("gunicorn", false), (worker.Name, worker.IsDotNet)));
    }

    [Fact]
    public void AWorkerOfAWorkerIsFoundBeneathAnotherProgram()
    {
        _processes.Put(new(10) { IsDotNet = true, CommandLine = "/app/shop", Executable = "/app/shop", Command = "shop" })
            .Put(new(11) { ParentPid = 10, CommandLine = "sh|-c|secret", Command = "sh", Executable = "/bin/sh" })
            .Put(new(12) { ParentPid = 11, IsDotNet = true, CommandLine = "/app/shop", Executable = "/app/shop", Command = "shop" })
            .Put(new(13) { ParentPid = 10, IsDotNet = true, CommandLine = "/other/shop", Executable = "/other/shop", Command = "shop" });

        Assert.Equal([(10, null), (12, 10), (13, null)], Inventory().Scan().Select(worker => (worker.Pid, worker.LeaderPid)));
    }

    [Theory]
    [InlineData("/usr/bin/python3|/usr/bin/gunicorn|app:app", "python3")]
    [InlineData("/usr/bin/python3|-m|gunicorn|app:app", "python3")]
    [InlineData("gunicorn: worker [shop]", "python3")]
    [InlineData("/opt/venv/bin/gunicorn|app:app", "python3")]
    [InlineData("/usr/bin/python3|-X|dev|/usr/bin/gunicorn", "gunicorn")]
    public void ACommandIsKnownByWhateverAPersonWouldCallIt(string commandLine, string command)
    {
        _processes.Put(new(10) { CommandLine = commandLine, Command = command });

        Assert.Single(Inventory("gunicorn").Scan());
    }

    [Theory]
    [InlineData("/usr/bin/vim|/etc/gunicorn", "vim")]
    [InlineData("/usr/bin/python3|/srv/app.py|gunicorn", "python3")]
    [InlineData("/usr/bin/gunicornish", "gunicornish")]
    public void WhatOnlyMentionsACommandIsNoWorker(string commandLine, string command)
    {
        _processes.Put(new(10) { CommandLine = commandLine, Command = command });

        Assert.Empty(Inventory("gunicorn").Scan());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ChildrenOfANamedLeaderAreWorkersWhateverTheyRun(bool byPidFile)
    {
        string pidFile = Path.GetTempFileName();
        File.WriteAllText(pidFile, "10\n");
        _processes.Put(new(10) { Command = "supervisord", CommandLine = "/usr/bin/python3|/usr/bin/supervisord" })
            .Put(new(11) { ParentPid = 10, Command = "redis", CommandLine = "redis|--port|1", Executable = "/usr/bin/redis" })
            .Put(new(12) { ParentPid = 11, Command = "cat", CommandLine = "cat", Executable = "/bin/cat" });

        Worker[] workers = [.. Inventory(new DiscoveryOptions { Leaders = [byPidFile ? pidFile : "supervisord", "/no/such.pid"] }).Scan()];
        File.Delete(pidFile);

        Assert.Equal([(10, null, true), (11, 10, false)], workers.Select(worker => (worker.Pid, worker.LeaderPid, worker.IsLeader)));
    }

    [Fact]
    public void AnOrphanHasNoLeader()
    {
        _processes.Put(new(10)).Put(new(11) { ParentPid = 10 });
        WorkerInventory inventory = Inventory("gunicorn");
        Assert.Equal(10, inventory.Scan()[1].LeaderPid);

        _processes.End(10);
        _processes.Put(new(11) { ParentPid = 1 });

        Worker orphan = Assert.Single(inventory.Scan());
        Assert.Null(orphan.LeaderPid);
    }

    [Fact]
    public void AnIdThatWorkersInheritBecomesOneForEachAndStaysThatWhateverTheOrderOfLooking()
    {
        _processes.Put(new(10) { ParentPid = 1, Environment = SharedId });
        WorkerInventory early = Inventory("gunicorn");
        early.Scan();
        _processes.Put(new(9) { ParentPid = 10, Environment = SharedId, StartTimeTicks = 3_300_000 })
            .Put(new(12) { ParentPid = 10, Environment = SharedId, StartTimeTicks = 3_300_001 });

        string[] ids = [.. early.Scan().OrderBy(worker => worker.StartTimeTicks).Select(worker => worker.InstanceId)];
        string[] sameFromTheStart = [.. Inventory("gunicorn").Scan().OrderBy(worker => worker.StartTimeTicks).Select(worker => worker.InstanceId)];

        Assert.Equal("shop-1", ids[0]);
        Assert.Equal(ids, ids.Distinct());
        Assert.Equal(ids, sameFromTheStart);
        Assert.Equal([WorkerInstanceId.Of("shop-1", 9, 3_300_000), WorkerInstanceId.Of("shop-1", 12, 3_300_001)], ids[1..]);
        Assert.Equal(ids[1], early.Workers[0].Resource["service.instance.id"]);
    }

    [Fact]
    public void OfStrangersWithOneIdTheOldestKeepsItAndTheOtherItsOwnForLife()
    {
        _processes.Put(new(20) { Environment = SharedId, StartTimeTicks = 1000 }).Put(new(10) { Environment = SharedId, StartTimeTicks = 2000 });
        WorkerInventory inventory = Inventory("gunicorn");

        Assert.Equal([WorkerInstanceId.Of("shop-1", 10, 2000), "shop-1"], inventory.Scan().Select(worker => worker.InstanceId));
        _processes.End(20);
        Assert.Equal([WorkerInstanceId.Of("shop-1", 10, 2000)], inventory.Scan().Select(worker => worker.InstanceId));
    }

    [Fact]
    public void APidThatIsGivenAwayAgainIsAnotherWorker()
    {
        _processes.Put(new(10));
        WorkerInventory inventory = Inventory("gunicorn");
        Worker first = Assert.Single(inventory.Scan());

        _processes.Put(new(10) { StartTimeTicks = first.StartTimeTicks + 1 });
        Worker second = Assert.Single(inventory.Scan());
        _processes.Put(new(10) { StartTimeTicks = first.StartTimeTicks + 2, CommandLine = "sleep|9", Command = "sleep" });

        Assert.Equal(first.StartTimeTicks + 1, second.StartTimeTicks);
        Assert.NotEqual(first.InstanceId, second.InstanceId);
        Assert.Empty(inventory.Scan());
    }

    [Fact]
    public void AFrozenCopyIsNoWorkerAlthoughItLooksLikeOne()
    {
        _processes.Put(new(10)).Put(new(11) { ParentPid = 10, ExitSignal = 0 }).Put(new(12) { ParentPid = 10, IsDotNet = true, ExitSignal = 0 });

        Assert.Equal([10], Inventory("gunicorn").Scan().Select(worker => worker.Pid));
        Assert.Empty(new WorkerDirectory(_processes.Files).List());
    }

    [Theory]
    [InlineData("/opt/heapdrift/heapdrift|capture|--pid|1")]
    [InlineData("/usr/bin/dotnet|/opt/heapdrift/heapdrift.dll|analyse-copy")]
    public void HelpersOfHeapDriftAreNoWorkers(string commandLine)
    {
        _processes.Put(new(10) { IsDotNet = true, CommandLine = commandLine, Command = "heapdrift" });

        Assert.Empty(Inventory("heapdrift").Scan());
    }

    [Fact]
    public void AChildThatStillLooksLikeItsParentIsNoWorkerUntilItStaysSo()
    {
        _processes.Put(new(10) { IsDotNet = true, CommandLine = "/app/shop", Executable = "/app/shop" });
        WorkerInventory inventory = Inventory();
        inventory.Scan();
        FakeProcess child = new(11) { ParentPid = 10, IsDotNet = true, CommandLine = "/app/shop", Executable = "/app/shop", StartTimeTicks = FakeProcesses.TicksAt(_uptime) };

        _processes.Put(child).Put(child with { Pid = 12 });
        Assert.Equal([10], inventory.Scan().Select(worker => worker.Pid));

        _processes.Put(child with { Pid = 12, IsDotNet = false, CommandLine = "sh", Executable = "/bin/sh" });
        Pass(TimeSpan.FromSeconds(1));
        Assert.Equal([10, 11], inventory.Scan().Select(worker => worker.Pid));
    }

    [Fact]
    public void AYoungProcessIsLookedAtInEveryScanAndAnOldOneRarely()
    {
        FakeProcess shell = new(10) { CommandLine = "sh|start.sh", StartTimeTicks = FakeProcesses.TicksAt(_uptime) };
        _processes.Put(shell).Put(new(20) { CommandLine = "sh|start.sh" });
        WorkerInventory inventory = Inventory();
        Assert.Empty(inventory.Scan());

        _processes.Put(shell with { IsDotNet = true }).Put(new(20) { IsDotNet = true });
        Pass(TimeSpan.FromSeconds(1));
        Assert.Equal([10], inventory.Scan().Select(worker => worker.Pid));

        Pass(TimeSpan.FromMinutes(5));
        Assert.Equal([10, 20], inventory.Scan().Select(worker => worker.Pid));
    }

    [Fact]
    public void WhatHasJustStartedIsDescribedWhenItIsStillThereASecondLater()
    {
        _processes.Put(new(10) { StartTimeTicks = FakeProcesses.TicksAt(_uptime) }).Put(new(20) { StartTimeTicks = FakeProcesses.TicksAt(_uptime) });
        _processes.Break(10);
        WorkerInventory inventory = Inventory("gunicorn");

        Assert.Empty(inventory.Scan());
        Assert.Empty(_complaints);
        Pass(TimeSpan.FromSeconds(1));
        Assert.Equal([20], inventory.Scan().Select(worker => worker.Pid));
        Assert.Single(_complaints);
    }

    /// <summary>What a look does not show, the name for instance, is seen with the next description.</summary>
    [Fact]
    public void AProcessThatHasNotChangedIsLookedAtAndNotDescribedAgain()
    {
        _processes.Put(new(10) { Command = "python3", CommandLine = "python3|-c|x" });
        WorkerInventory inventory = Inventory("gunicorn");
        inventory.Scan();

        _processes.Put(new(10) { Command = "gunicorn", CommandLine = "python3|-c|y" });
        Pass(TimeSpan.FromMinutes(4));
        Assert.Empty(inventory.Scan());
        Pass(TimeSpan.FromMinutes(6));
        Assert.Single(inventory.Scan());
    }

    [Fact]
    public void ALeaderThatWritesItsPidLateIsALeaderFromThenOn()
    {
        string pidFile = Path.Join(Path.GetTempPath(), Path.GetRandomFileName());
        _processes.Put(new(10) { CommandLine = "own-server" }).Put(new(11) { ParentPid = 10, CommandLine = "own-worker" });
        WorkerInventory inventory = Inventory(new DiscoveryOptions { Leaders = [pidFile] });
        Assert.Empty(inventory.Scan());

        File.WriteAllText(pidFile, "10");
        Worker[] workers = [.. inventory.Scan()];
        File.Delete(pidFile);

        Assert.Equal([(10, null), (11, 10)], workers.Select(worker => (worker.Pid, worker.LeaderPid)));
        Assert.Empty(inventory.Scan());
    }

    [Fact]
    public void AProcessThatCannotBeUnderstoodHidesNobodyAndIsComplainedAboutOnce()
    {
        _processes.Put(new(9)).Put(new(10)).Put(new(11));
        _processes.Break(10);
        WorkerInventory inventory = Inventory("gunicorn");

        inventory.Scan();
        Pass(TimeSpan.FromHours(1));

        Assert.Equal([9, 11], inventory.Scan().Select(worker => worker.Pid));
        Assert.Contains("process 10 cannot be looked at", Assert.Single(_complaints), StringComparison.Ordinal);
    }

    [Fact]
    public void AThreadOfTheKernelAndAProcessThatIsAboutToEndAreNoWorkers()
    {
        _processes.Put(new(10)).Put(new(11) { HasMemory = false });
        WorkerInventory inventory = Inventory("gunicorn");
        Assert.Equal([10], inventory.Scan().Select(worker => worker.Pid));

        _processes.Put(new(10) { HasMemory = false });

        Assert.Empty(inventory.Scan());
        Assert.Empty(inventory.Scan());
    }

    [Theory]
    [InlineData("shop-*")]
    [InlineData("the-shop")]
    [InlineData("shop")]
    public void OnlyServicesThatAreAskedForAreWatchedByTheirNameOrTheirPrograms(string pattern)
    {
        string service = pattern == "the-shop" ? "the-shop" : "shop-front";
        _processes.Put(new(10) { IsDotNet = true, CommandLine = "/app/shop", Executable = "/app/shop", Command = "shop", Environment = $"OTEL_SERVICE_NAME={service}" })
            .Put(new(11) { IsDotNet = true, CommandLine = "/app/bank", Executable = "/app/bank", Command = "bank", Environment = "OTEL_SERVICE_NAME=bank" })
            .Put(new(12));

        Assert.Equal([10, 12], Inventory(new DiscoveryOptions { Services = [pattern], Commands = ["gunicorn"] }).Scan().Select(worker => worker.Pid));
    }

    [Fact]
    public void AProcessThatAsksToBeLeftAloneIsNotWatched()
    {
        _processes.Put(new(10) { IsDotNet = true, CommandLine = "/app/shop", Executable = "/app/shop", Command = "shop", Environment = "HEAPDRIFT_AGENT=off" })
            .Put(new(11) { IsDotNet = true, CommandLine = "/app/shop", Executable = "/app/shop", Command = "shop", Environment = "HEAPDRIFT_AGENT=on" });

        Assert.Equal([11], Inventory().Scan().Select(worker => worker.Pid));
    }

    [Theory]
    [InlineData(null, new[] { 10, 12 })]
    [InlineData("off", new[] { 10, 12 })]
    [InlineData("demo-7", new[] { 11 })]
    [InlineData("demo-8", new int[0])]
    public void AProcessThatNamesItsAgentIsWatchedByThatAgentAlone(string? agent, int[] watched)
    {
        _processes.Put(new(10) { IsDotNet = true, CommandLine = "/app/shop", Executable = "/app/shop", Command = "shop", Environment = "" })
            .Put(new(11) { IsDotNet = true, CommandLine = "/app/shop", Executable = "/app/shop", Command = "shop", Environment = "HEAPDRIFT_AGENT=demo-7" })
            .Put(new(12) { IsDotNet = true, CommandLine = "/app/shop", Executable = "/app/shop", Command = "shop", Environment = "HEAPDRIFT_AGENT=on" });

        Assert.Equal(watched, Inventory(new DiscoveryOptions(), agent).Scan().Select(worker => worker.Pid));
    }

    private WorkerInventory Inventory(params string[] commands) => Inventory(new DiscoveryOptions { Commands = commands });

    private WorkerInventory Inventory(DiscoveryOptions options, string? agent = null)
    {
        var rules = new WatchRules(options, agent);
        return new WorkerInventory(new WorkerDirectory(_processes.Files, rules), rules, _processes.Files, _clock, _complaints.Add);
    }

    private void Pass(TimeSpan time)
    {
        _uptime += time;
        _clock.Advance(time);
        _processes.SetUptime(_uptime);
    }
}
