using HeapDrift.Collector.Admission;
using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Discovery;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Proc;
using HeapDrift.Profiling.Reports;
using HeapDrift.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace HeapDrift.Collector.Tests.Admission;

public sealed class CaptureDeskTests : IDisposable
{
    private static readonly CaptureTrigger Alert = new() { Kind = TriggerKind.Alert, AlertName = "HeapDriftLeakSuspected", AlertFingerprint = "0123456789abcdef" };
    private static readonly CaptureTrigger Command = new() { Kind = TriggerKind.Command };
    private static readonly CaptureTrigger Signal = new() { Kind = TriggerKind.Signal };

    private readonly string _folder = Directory.CreateTempSubdirectory("heapdrift-test-").FullName;
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
    private readonly HeldRunner _runner = new();
    private readonly List<string> _complaints = [];
    private readonly CaptureLimits _limits = new() { MostAtOnce = 2, Cooldown = TimeSpan.FromMinutes(30), DailyBudget = 3 };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task OneCaptureOfAWorkerRunsAtATime()
    {
        using CaptureDesk desk = Open();

        CaptureAnswer first = desk.Request(Worker(1), Command);
        CaptureAnswer second = desk.Request(Worker(1), Alert);

        Assert.Equal(CaptureAnswerKind.Accepted, first.Kind);
        Assert.Equal(CaptureAnswerKind.Coalesced, second.Kind);
        Assert.Equal(first.CaptureId, second.CaptureId);
        await EndAsync(desk, first);
        Assert.Single(_runner.Ran);
    }

    [Fact]
    public async Task MoreThanTheNodeBearsWaitForTheirTurn()
    {
        using CaptureDesk desk = Open();

        CaptureAnswer[] answers = [.. Enumerable.Range(1, 5).Select(pid => desk.Request(Worker(pid), Command))];

        Assert.All(answers, answer => Assert.Equal(CaptureAnswerKind.Accepted, answer.Kind));
        await Eventually.HoldsAsync(() => _runner.Running == 2, TimeSpan.FromSeconds(30), "two begin");
        Assert.Equal(3, desk.Lines.Count(line => line.State == CaptureState.Waiting));
        foreach (CaptureAnswer answer in answers)
        {
            await EndAsync(desk, answer);
            Assert.True(_runner.Running <= 2);
        }

        Assert.Equal(5, _runner.Ran.Count);
    }

    [Fact]
    public async Task AWorkerIsLeftAloneDuringItsCooldownAndAPersonIsNotRefused()
    {
        using CaptureDesk desk = Open();
        await EndAsync(desk, desk.Request(Worker(1), Alert));

        CaptureAnswer refused = desk.Request(Worker(1), Alert);
        CaptureAnswer other = desk.Request(Worker(2), Alert);
        CaptureAnswer person = desk.Request(Worker(1), Command);

        Assert.Equal(CaptureAnswerKind.Refused, refused.Kind);
        Assert.Contains("is left alone until 12:30:00 (HeapDrift:Captures:Cooldown)", refused.Message, StringComparison.Ordinal);
        Assert.Equal(CaptureAnswerKind.Accepted, other.Kind);
        Assert.Equal(CaptureAnswerKind.Accepted, person.Kind);
        await EndAsync(desk, person);
        await EndAsync(desk, other);
        _clock.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(CaptureAnswerKind.Accepted, desk.Request(Worker(1), Alert).Kind);
        Assert.Contains(desk.Lines, line => line is { State: CaptureState.Refused, Pid: 1 });
        Assert.Single(_runner.Refusals);
    }

    [Fact]
    public async Task ALaterProcessWithTheSamePidHasNoCooldown()
    {
        using CaptureDesk desk = Open();
        await EndAsync(desk, desk.Request(Worker(1), Alert));

        Assert.Equal(CaptureAnswerKind.Accepted, desk.Request(Worker(1) with { StartTimeTicks = 99 }, Alert).Kind);
    }

    [Fact]
    public async Task CooldownAndBudgetSurviveARestart()
    {
        using (CaptureDesk desk = Open())
        {
            foreach (int pid in (int[])[1, 2, 3])
            {
                await EndAsync(desk, desk.Request(Worker(pid), Alert));
            }
        }

        using CaptureDesk restarted = Open();
        CaptureAnswer cooling = restarted.Request(Worker(1), Alert);
        CaptureAnswer exhausted = restarted.Request(Worker(4), Alert);

        Assert.Contains("Cooldown", cooling.Message, StringComparison.Ordinal);
        Assert.Contains("have started 3 captures within a day", exhausted.Message, StringComparison.Ordinal);
        Assert.Equal(CaptureAnswerKind.Accepted, restarted.Request(Worker(4), Command).Kind);
        _clock.Advance(TimeSpan.FromHours(25));
        Assert.Equal(CaptureAnswerKind.Accepted, restarted.Request(Worker(1), Alert).Kind);
    }

    /// <summary>As when a virtual machine that was started with a wrong clock is told the time.</summary>
    [Fact]
    public async Task AClockThatWasSetBackRefusesNobodyForAsLong()
    {
        foreach (int pid in (int[])[1, 2, 3])
        {
            using CaptureDesk desk = Open();
            await EndAsync(desk, desk.Request(Worker(pid), Alert));
        }

        var today = new FakeTimeProvider(_clock.GetUtcNow() - TimeSpan.FromDays(30));
        using var later = new CaptureDesk(_limits, CaptureJournal.Load(_folder, _complaints.Add), _runner, today);
        CaptureAnswer again = later.Request(Worker(1), Alert);
        await EndAsync(later, again);
        CaptureAnswer cooling = later.Request(Worker(1), Alert);

        Assert.Equal(CaptureAnswerKind.Accepted, again.Kind);
        Assert.Equal(CaptureAnswerKind.Refused, cooling.Kind);
    }

    [Fact]
    public void APromiseIsKeptWhereTheFolderWasClearedAway()
    {
        using (CaptureDesk desk = Open())
        {
            Directory.Delete(_folder, recursive: true);
            desk.Request(Worker(1), Alert);
        }

        Assert.Empty(_complaints);
        Assert.Single(CaptureJournal.Load(_folder, _complaints.Add).Open);
    }

    [Fact]
    public async Task ASecondSignalEndsTheWindowOnceTheBaselineIsThere()
    {
        using CaptureDesk desk = Open();
        CaptureAnswer first = desk.Request(Worker(1), Signal);
        await Eventually.HoldsAsync(() => _runner.Running == 1, TimeSpan.FromSeconds(30), "captures begin and end");

        CaptureAnswer tooEarly = desk.Request(Worker(1), Signal);
        _runner.EnterWindow(first.CaptureId!);
        CaptureAnswer second = desk.Request(Worker(1), Signal);
        CaptureAnswer third = desk.Request(Worker(1), Signal);

        Assert.Equal(CaptureAnswerKind.Coalesced, tooEarly.Kind);
        Assert.Equal(CaptureAnswerKind.Finishing, second.Kind);
        Assert.Equal(CaptureAnswerKind.Coalesced, third.Kind);
        Assert.True(_runner.FinishOf(first.CaptureId!).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task WhatWasPromisedIsDoneAfterAKill()
    {
        // The desk of the killed agent is never closed: nothing tidies up after it.
        using CaptureDesk killed = Open();
        string promised = killed.Request(Worker(1), Alert).CaptureId!;
        killed.Request(Worker(2), Alert);
        killed.Request(Worker(3), Command);
        await Eventually.HoldsAsync(() => _runner.Running == 2, TimeSpan.FromSeconds(30), "captures begin and end");
        var second = new HeldRunner();

        using CaptureDesk restarted = Open(second);
        restarted.Resume(order => order.Pid != 2);

        await Eventually.HoldsAsync(() => second.Ran.Count == 1, TimeSpan.FromSeconds(30), "captures begin and end");
        Assert.Equal(promised, Assert.Single(second.Ran));
        Assert.Equal(CaptureOutcome.WorkerExited, restarted.Lines.Single(line => line.Pid == 2).Outcome);
        Assert.Equal(CaptureOutcome.Failed, restarted.Lines.Single(line => line.Pid == 3).Outcome);
        Assert.Equal(2, second.Abandonments.Count);
    }

    [Fact]
    public void ACaptureWhoseReportAKilledAgentLeftIsNotTakenUpAgain()
    {
        using CaptureDesk first = Open();
        string id = first.Request(Worker(1), Alert).CaptureId!;
        var second = new HeldRunner { Result = new(CaptureOutcome.Completed, Verdict.ManagedLeak, "Session grew") };

        using CaptureDesk restarted = Open(second);
        restarted.Resume(_ => true);

        CaptureLine line = Assert.Single(restarted.Lines);
        Assert.Equal((id, CaptureOutcome.Completed, Verdict.ManagedLeak), (line.CaptureId, line.Outcome, line.Verdict));
        Assert.Empty(second.Ran);
        Assert.Empty(second.Abandonments);
    }

    [Fact]
    public void ACaptureThatEndsTheAgentTwiceIsNotTriedAgain()
    {
        using CaptureDesk first = Open();
        first.Request(Worker(1), Alert);
        using CaptureDesk second = Open(new HeldRunner());
        second.Resume(_ => true);

        using CaptureDesk third = Open(new HeldRunner());
        third.Resume(_ => true);

        CaptureLine line = Assert.Single(third.Lines);
        Assert.Equal(CaptureOutcome.Failed, line.Outcome);
        Assert.Contains("twice", line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AStopTakesCapturesBackAndKeepsThePromiseOfTheAutomaticOnes()
    {
        using (CaptureDesk desk = Open())
        {
            desk.Request(Worker(1), Alert);
            desk.Request(Worker(2), Command);
            await Eventually.HoldsAsync(() => _runner.Running == 2, TimeSpan.FromSeconds(30), "captures begin and end");
            await desk.StopAsync();
            Assert.Equal(CaptureAnswerKind.Refused, desk.Request(Worker(3), Command).Kind);
        }

        Assert.Equal(0, _runner.Running);
        using CaptureDesk restarted = Open();
        Assert.Equal(CaptureOutcome.Cancelled, restarted.Lines.Single(line => line.Pid == 2).Outcome);
        Assert.Equal(CaptureState.Waiting, restarted.Lines.Single(line => line.Pid == 1).State);
    }

    [Fact]
    public void BooksThatCannotBeReadAreSetAsideAndSaid()
    {
        File.WriteAllText(Path.Join(_folder, CaptureJournal.FileName), "{ broken");

        using CaptureDesk desk = Open();

        Assert.Empty(desk.Lines);
        Assert.Contains("cannot be read", Assert.Single(_complaints), StringComparison.Ordinal);
        Assert.Equal("{ broken", File.ReadAllText(Path.Join(_folder, CaptureJournal.FileName + ".broken")));
    }

    [Fact]
    public void AStormOfRequestsIsBounded()
    {
        using CaptureDesk desk = Open();

        CaptureAnswer[] answers = [.. Enumerable.Range(1, 1_000).Select(pid => desk.Request(Worker(pid), Command))];

        Assert.Equal(2 + 32, answers.Count(answer => answer.Kind == CaptureAnswerKind.Accepted));
        Assert.Equal(34 + 200, desk.Lines.Length);
    }

    private static Worker Worker(int pid) => new()
    {
        Pid = pid,
        ParentPid = 1,
        StartTimeTicks = 7,
        Name = "Shop",
        RuntimeVersion = "10.0.12",
        Usr2 = SignalDisposition.Caught,
        Threads = 20,
        Socket = "/tmp/socket",
        Resource = new Dictionary<string, string>(),
    };

    private CaptureDesk Open(HeldRunner? runner = null) =>
        new(_limits, CaptureJournal.Load(_folder, _complaints.Add), runner ?? _runner, _clock);

    private async Task EndAsync(CaptureDesk desk, CaptureAnswer answer)
    {
        await Eventually.HoldsAsync(() => _runner.TryEnd(answer.CaptureId!), TimeSpan.FromSeconds(30), "captures begin and end");
        await Eventually.HoldsAsync(() => desk.Lines.Any(line => line.CaptureId == answer.CaptureId && line.State == CaptureState.Ended), TimeSpan.FromSeconds(30), "captures begin and end");
    }
}
