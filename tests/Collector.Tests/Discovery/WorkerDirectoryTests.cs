using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Engines;
using HeapDrift.Collector.Engines.CopyOnWrite.Freezing;
using HeapDrift.Collector.Tests.Engines.CopyOnWrite;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Proc;
using HeapDrift.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace HeapDrift.Collector.Tests.Discovery;

public sealed class WorkerDirectoryTests
{
    private static readonly WorkerDirectory Workers = new(new ProcFileSystem());

    [Fact]
    public async Task AWorkerIsFoundWithItsNameRuntimeAndSignal()
    {
        await using PlainWorker armed = await PlainWorker.StartAsync(10, "--handle-usr2");
        await using PlainWorker unarmed = await PlainWorker.StartAsync(8);

        Worker[] listed = [.. Workers.List()];

        Worker first = listed.Single(worker => worker.Pid == armed.Id);
        Assert.Equal(("PlainWorker10", SignalDisposition.Caught), (first.Name, first.Usr2));
        Assert.StartsWith("10.0.", first.RuntimeVersion, StringComparison.Ordinal);

        // Self-contained: the version is that of the base library beside it.
        Worker second = listed.Single(worker => worker.Pid == unarmed.Id);
        Assert.Equal(SignalDisposition.Default, second.Usr2);
        Assert.Equal(unarmed.FrameworkDescription, $".NET {second.RuntimeVersion}");
    }

    [Fact]
    public async Task ASocketInAnotherTemporaryFolderIsFound()
    {
        string folder = Directory.CreateTempSubdirectory("heapdrift").FullName;
        await using PlainWorker worker = await PlainWorker.StartAsync(new ChildProcessStart(RepositoryPaths.PlainWorker(10))
        {
            Environment = new Dictionary<string, string?> { ["TMPDIR"] = folder },
        });

        Assert.StartsWith(folder, Workers.Get(worker.Id).Socket, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AWorkerWithoutDiagnosticsIsRefusedWithTheReason()
    {
        await using PlainWorker worker = await PlainWorker.StartAsync(new ChildProcessStart(RepositoryPaths.PlainWorker(10))
        {
            Environment = new Dictionary<string, string?> { ["DOTNET_EnableDiagnostics"] = "0" },
        });

        SnapshotException refusal = Assert.Throws<SnapshotException>(() => Workers.Get(worker.Id));

        Assert.Equal(CaptureOutcome.NotPermitted, refusal.Outcome);
        Assert.Contains("DOTNET_EnableDiagnostics=0", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnotherProgramIsNoWorker()
    {
        await using var sleep = ChildProcess.Start(new ChildProcessStart("sleep", "60"));

        SnapshotException refusal = Assert.Throws<SnapshotException>(() => Workers.Get(sleep.Id));

        Assert.Equal(CaptureOutcome.NotFound, refusal.Outcome);
        Assert.Contains("is not a .NET process", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFrozenCopyIsNeitherListedNorCapturedNorWatched()
    {
        await using PlainWorker worker = await ForeignProcess.StartPlainWorkerAsync(10);
        int pid = ForeignProcess.Pid(worker.Process);
        var proc = new ProcFileSystem();
        var clock = new FakeTimeProvider();
        var inventory = new WorkerInventory(Workers, new WatchRules(new DiscoveryOptions()), proc, clock, Assert.Null);
        using FrozenCopy copy = FrozenCopy.Take(pid, TimeSpan.FromSeconds(5));

        SnapshotException refusal = Assert.Throws<SnapshotException>(() => Workers.Get(copy.Pid));
        int[] listed = [.. Workers.List().Select(seen => seen.Pid)];
        inventory.Scan();
        clock.Advance(TimeSpan.FromMinutes(10));
        int[] watched = [.. inventory.Scan().Select(seen => seen.Pid)];

        Assert.Equal(CaptureOutcome.NotFound, refusal.Outcome);
        Assert.Contains($"the frozen copy of process {pid}", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(pid, listed);
        Assert.Contains(pid, watched);
        Assert.DoesNotContain(copy.Pid, listed);
        Assert.DoesNotContain(copy.Pid, watched);
    }

    [Fact]
    public async Task AWorkerThatEndedDoesNotLive()
    {
        await using PlainWorker worker = await PlainWorker.StartAsync(10);
        Worker seen = Workers.Get(worker.Id);
        Assert.True(Workers.Lives(seen));

        // The same pid with another start time is another process.
        Assert.False(Workers.Lives(seen with { StartTimeTicks = seen.StartTimeTicks + 1 }));
        await worker.ExitAsync();
        Assert.False(Workers.Lives(seen));
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("shop", null, "shop")]
    [InlineData(null, "service.name=a%20b,x=1", "a b")]
    [InlineData("shop", "service.name=other", "shop")]
    [InlineData(null, ",,=,novalue,service.name=ok", "ok")]
    public void TheResourceComesFromTheStandardVariables(string? name, string? attributes, string? expected)
    {
        var environment = new Dictionary<string, string>();
        if (name is not null)
        {
            environment["OTEL_SERVICE_NAME"] = name;
        }

        if (attributes is not null)
        {
            environment["OTEL_RESOURCE_ATTRIBUTES"] = attributes;
        }

        Assert.Equal(expected, WorkerResource.FromEnvironment(environment).GetValueOrDefault("service.name"));
    }

    [Fact]
    public void AnInstanceIdIsAVersion5UuidThatStaysTheSame()
    {
        string id = WorkerInstanceId.Of(42, 1_000);

        Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", id);
        Assert.Equal(id, WorkerInstanceId.Of(42, 1_000));
        Assert.NotEqual(id, WorkerInstanceId.Of(42, 1_001));
    }
}
