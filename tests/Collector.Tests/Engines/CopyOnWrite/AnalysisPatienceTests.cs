using HeapDrift.Collector.Engines.CopyOnWrite.Analysis;
using HeapDrift.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace HeapDrift.Collector.Tests.Engines.CopyOnWrite;

public sealed class AnalysisPatienceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task WhatTheToolTakesToAnswerIsNoSilenceOfTheOtherProcess()
    {
        var clock = new FakeTimeProvider();
        var patience = new AnalysisPatience(Patience, Patience, clock);
        var answer = new TaskCompletionSource<int>();
        Task<bool> waiting = patience.WaitAsync(new TaskCompletionSource().Task);
        Task<int> thinking = patience.ThinkAsync(answer.Task);

        int looks = 0;
        await Eventually.HoldsAsync(() => Advance(clock) && ++looks == 30, Deadline, "three times its patience has gone by");
        Assert.False(waiting.IsCompleted);
        answer.SetResult(1);
        await thinking;
        await Eventually.HoldsAsync(() => Advance(clock) && waiting.IsCompleted, Deadline, "its silence counts again");

        Assert.False(await waiting);
    }

    private static bool Advance(FakeTimeProvider clock)
    {
        clock.Advance(Patience / 10);
        return true;
    }
}
