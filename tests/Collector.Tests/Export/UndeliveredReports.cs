using System.Globalization;
using System.Text.Json;
using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Export;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Proc;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Tests.Export;

/// <summary>A folder of reports as an agent leaves it.</summary>
internal sealed class UndeliveredReports : IDisposable
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public string Path { get; } = Directory.CreateTempSubdirectory("heapdrift-test-").FullName;

    /// <summary>Reports that still wait, by the names of their folders.</summary>
    public string[] Waiting => [.. Directory.GetDirectories(Path).Where(report => File.Exists(System.IO.Path.Join(report, UndeliveredMark.FileName))).Select(System.IO.Path.GetFileName).Order(StringComparer.Ordinal)!];

    /// <summary>Leaves a report that was not sent; every number makes its own name, worker and trace.</summary>
    public string Leave(int number)
    {
        string folder = Folder(number);
        Directory.CreateDirectory(folder);
        File.WriteAllText(System.IO.Path.Join(folder, ReportFolder.JsonFile), JsonSerializer.Serialize(Report(number), CaptureJson.Readable.CaptureReport));
        File.WriteAllText(System.IO.Path.Join(folder, UndeliveredMark.FileName), Mark(number));
        return folder;
    }

    public string Folder(int number) => System.IO.Path.Join(Path, Id(number));

    public string InFolder(int number, string name) => System.IO.Path.Join(Folder(number), name);

    public static string Id(int number) => string.Create(CultureInfo.InvariantCulture, $"20261123-120000-{1000 + number}-0000");

    public static string Trace(int number) => string.Create(CultureInfo.InvariantCulture, $"{0xabc0000 + number:x32}");

    public static string Shop(int number) => string.Create(CultureInfo.InvariantCulture, $"shop-{number}-end");

    public static string Mark(int number) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"resource":{"service.name":"{{Shop(number)}}","process.pid":"{{1000 + number}}"},"traceId":"{{Trace(number)}}","since":"{{Noon:O}}","attempts":0}""");

    public static CaptureReport Report(int number) => new()
    {
        CaptureId = Id(number),
        StartedAt = Noon,
        CompletedAt = Noon.AddSeconds(30),
        Outcome = CaptureOutcome.Completed,
        Verdict = Verdict.ManagedLeak,
        Trigger = new CaptureTrigger { Kind = TriggerKind.Signal },
        Worker = new WorkerIdentity { Pid = 1000 + number, Name = "shop", RuntimeVersion = "10.0.12" },
        Snapshots = [],
        Memory = new MemoryComparison { Baseline = null, Final = null },
        Findings = [Finding(number)],
        Types = [],
    };

    public static Worker Worker() => new()
    {
        Pid = 4711,
        ParentPid = 1,
        StartTimeTicks = 99,
        Name = "Shop",
        RuntimeVersion = "10.0.12",
        Usr2 = SignalDisposition.Caught,
        Threads = 10,
        Socket = null,
        Resource = new Dictionary<string, string> { ["service.name"] = "shop", ["cloud.region"] = "eu" },
    };

    /// <summary>What the mark of a report says of it; 0 where there is none.</summary>
    public int Attempts(int number)
    {
        string mark = InFolder(number, UndeliveredMark.FileName);
        return File.Exists(mark) ? UndeliveredMark.Parse(File.ReadAllText(mark)).Attempts : 0;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static Finding Finding(int number) => new()
    {
        Rank = 1,
        Fingerprint = string.Create(CultureInfo.InvariantCulture, $"{number:x16}"),
        Status = FindingStatus.New,
        Origin = TypeOrigin.Application,
        Type = "Shop.Session",
        Holder = "static Shop.Cache.Sessions",
        Path = ["static Shop.Cache.Sessions", "Session"],
        ObjectsDelta = 3_432,
        BytesDelta = 107_000,
        RetainedBytesDelta = 7_200_000,
        ShareOfGrowth = 0.99,
        Summary = "Session grew by 3,432 objects (7.2 MB retained), held by static Shop.Cache.Sessions",
        AllocationSites = [],
    };
}
