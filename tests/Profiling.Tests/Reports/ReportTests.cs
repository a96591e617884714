using System.Text.Json;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Reports;
using HeapDrift.Profiling.Tests.Heap;
using NJsonSchema;
using NJsonSchema.Validation;

namespace HeapDrift.Profiling.Tests.Reports;

public sealed class ReportTests
{
    [Fact]
    public async Task AReportIsValidAgainstTheSchemaThatShips()
    {
        Assert.Empty(await ValidateAsync(JsonSerializer.Serialize(Leak(), CaptureJson.Readable.CaptureReport)));
    }

    [Fact]
    public async Task AReportOfAWorkerThatExitedIsValidToo()
    {
        CaptureReport report = Leak() with
        {
            Outcome = CaptureOutcome.WorkerExited,
            OutcomeReason = "process 42 exited between the two snapshots",
            Verdict = Verdict.Inconclusive,
            Snapshots = [],
            Findings = [],
            Types = [],
            Memory = new MemoryComparison { Baseline = null, Final = null },
        };

        Assert.Empty(await ValidateAsync(JsonSerializer.Serialize(report, CaptureJson.Compact.CaptureReport)));
    }

    [Theory]
    [InlineData("\"outcome\": \"completed\"", "\"outcome\": \"fine\"")]
    [InlineData("\"schemaVersion\": 1", "\"schemaVersion\": 2")]
    [InlineData("\"rank\": 1,", "")]
    public async Task WhatTheContractDoesNotAllowIsNotValid(string written, string instead)
    {
        string json = JsonSerializer.Serialize(Leak(), CaptureJson.Readable.CaptureReport);

        Assert.Contains(written, json, StringComparison.Ordinal);
        Assert.NotEmpty(await ValidateAsync(json.Replace(written, instead, StringComparison.Ordinal)));
    }

    [Fact]
    public void AReportReadsBackAsItWasWritten()
    {
        string json = JsonSerializer.Serialize(Leak(), CaptureJson.Compact.CaptureReport);
        CaptureReport? read = JsonSerializer.Deserialize(json, CaptureJson.Compact.CaptureReport);

        Assert.Equal(json, JsonSerializer.Serialize(read, CaptureJson.Compact.CaptureReport));
    }

    [Fact]
    public void TheTextNamesTheTypeTheHolderAndTheGrowthFirst()
    {
        string[] lines = ReportText.Render(Leak()).Split('\n');

        Assert.Equal("HeapDrift: shop, process 42, .NET 10.0.12", lines[0]);
        Assert.Equal("Leak: Session grew by 10,000 objects (625 KB retained), held by static Shop.Cache.Sessions.", lines[1]);
        Assert.Contains("          -> Session", lines);
        Assert.All(lines, line => Assert.True(line.Length <= 130, line));
    }

    [Fact]
    public void AHealthyWorkerIsToldSo()
    {
        CaptureReport report = Leak() with { Findings = [], Verdict = Verdict.NoGrowth };

        Assert.Contains("No leak seen", ReportText.Render(report), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "but not in every interval between the snapshots")]
    [InlineData(false, "but nothing is left of what its lines allocated first")]
    public void WhatKeepsAFindingFromBeingALeakIsWhatWasSeen(bool isConfirmed, string reason)
    {
        ConfirmingSnapshot[] between = [new ConfirmingSnapshot { TakenAt = DateTimeOffset.UnixEpoch, PauseMilliseconds = 5, LiveObjects = 1, LiveBytes = 1 }];
        CaptureReport report = Leak() with { Verdict = Verdict.Inconclusive, Confirmations = isConfirmed ? between : null };

        Assert.Contains(reason, ReportText.Headline(report), StringComparison.Ordinal);
    }

    [Fact]
    public void AnIncompleteSnapshotIsSaidInTheText()
    {
        CaptureReport report = Leak() with
        {
            Outcome = CaptureOutcome.Incomplete,
            OutcomeReason = "the baseline is incomplete (3 events of the heap walk are missing), so nothing was compared",
            Findings = [],
            Verdict = Verdict.Inconclusive,
        };

        Assert.Contains("No verdict: the baseline is incomplete (3 events", ReportText.Render(report), StringComparison.Ordinal);
    }

    [Fact]
    public void ASnapshotFileReadsBackAsTheSameSnapshot()
    {
        HeapSnapshot snapshot = Sessions(100).Snapshot();
        string json = JsonSerializer.Serialize(SnapshotDocuments.ToDocument(snapshot), CaptureJson.Compact.SnapshotDocument);
        HeapSnapshot read = SnapshotDocuments.FromDocument(JsonSerializer.Deserialize(json, CaptureJson.Compact.SnapshotDocument)!);

        Assert.Empty(HeapDiff.Compare(snapshot, read).Types);
        Assert.Equal(snapshot.Retention.Nodes, read.Retention.Nodes);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(1, 0)]
    [InlineData(0, 99)]
    public void ASnapshotFileThatContradictsItselfIsRefused(int parent, int step)
    {
        SnapshotDocument document = SnapshotDocuments.ToDocument(Sessions(1).Snapshot());
        var broken = document.Retention! with
        {
            Nodes = [document.Retention.Nodes[0], document.Retention.Nodes[1] with { Parent = parent, Step = step }],
        };

        Assert.Throws<InvalidDataException>(() => SnapshotDocuments.FromDocument(document with { Retention = broken }));
    }

    [Theory]
    [InlineData("\"engine\":\"eventpipe\"", "\"engine\":null")]
    [InlineData("\"name\":\"Shop.Session\",\"module\"", "\"name\":null,\"module\"")]
    [InlineData("\"nodes\":[", "\"nodes\":[null,")]
    [InlineData("\"liveObjects\":", "\"liveObjects\":-")]
    public void ASnapshotFileThatLacksWhatEachHasIsRefused(string what, string instead)
    {
        string json = JsonSerializer.Serialize(SnapshotDocuments.ToDocument(Sessions(1).Snapshot()), CaptureJson.Compact.SnapshotDocument);

        string broken = json.Replace(what, instead, StringComparison.Ordinal);
        SnapshotDocument document = JsonSerializer.Deserialize(broken, CaptureJson.Compact.SnapshotDocument)!;

        Assert.NotEqual(json, broken);
        Assert.Throws<InvalidDataException>(() => SnapshotDocuments.FromDocument(document));
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1.0 KB")]
    [InlineData(1536, "1.5 KB")]
    [InlineData(-1536, "-1.5 KB")]
    [InlineData(41L * 1024 * 1024, "41.0 MB")]
    [InlineData(long.MaxValue, "8388608 TB")]
    public void BytesAreWrittenForPeople(long bytes, string expected) => Assert.Equal(expected, ByteSize.Format(bytes));

    [Theory]
    [InlineData("{\"captureId\":\"c\",\"phase\":\"window\",\"at\":\"2026-01-01T00:00:00Z\",\"message\":\"m\"}", true)]
    [InlineData("warning: something", false)]
    [InlineData("{ not json", false)]
    [InlineData("{}", false)]
    [InlineData("", false)]
    public void OnlyProgressIsTakenForProgress(string line, bool isProgress) =>
        Assert.Equal(isProgress, CaptureProgress.TryParse(line, out _));

    private static async Task<ICollection<ValidationError>> ValidateAsync(string json)
    {
        JsonSchema schema = await JsonSchema.FromJsonAsync(ReportSchema.Read(), TestContext.Current.CancellationToken);
        return schema.Validate(json);
    }

    private static CaptureReport Leak()
    {
        HeapSnapshot baseline = Sessions(100).Snapshot();
        HeapSnapshot final = Sessions(10_100).Snapshot();
        HeapDiff diff = HeapDiff.Compare(baseline, final);
        var memory = new MemoryReading
        {
            PssBytes = 100,
            RssBytes = 120,
            PrivateBytes = 90,
            Categories = new Dictionary<string, long> { ["anon"] = 80, ["file"] = 20, ["shmem"] = 0, ["swap"] = 0 },
        };
        return new CaptureReport
        {
            CaptureId = "20260101-000000-42-0000",
            StartedAt = DateTimeOffset.UnixEpoch,
            CompletedAt = DateTimeOffset.UnixEpoch.AddSeconds(30),
            Outcome = CaptureOutcome.Completed,
            Verdict = diff.Verdict,
            Trigger = new CaptureTrigger { Kind = TriggerKind.Signal },
            Worker = new WorkerIdentity { Pid = 42, Name = "shop", RuntimeVersion = "10.0.12", ServiceName = "shop" },
            Snapshots = [SnapshotDocuments.Summarize(baseline, SnapshotRole.Baseline), SnapshotDocuments.Summarize(final, SnapshotRole.Final)],
            Memory = new MemoryComparison { Baseline = memory, Final = memory },
            Findings = diff.Findings,
            Types = diff.Types,
        };
    }

    private static HeapSketch Sessions(int count)
    {
        var heap = new HeapSketch();
        int[] sessions = [.. Enumerable.Range(0, count).Select(_ => heap.Add("Shop.Session", heap.Add("System.Byte[]")))];
        return heap.Static("Shop.Cache.Sessions", heap.Add("System.Collections.Generic.List<Shop.Session>", heap.Add("Shop.Session[]", sessions)));
    }
}
