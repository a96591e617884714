using HeapDrift.Instrumentation.Signals;
using HeapDrift.Profiling.Captures;
using Microsoft.Extensions.Time.Testing;

namespace HeapDrift.Instrumentation.Tests.Signals;

public sealed class TwoSignalMachineTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly TwoSignalMachine _machine;

    public TwoSignalMachineTests() => _machine = new(_time);

    [Fact]
    public void FirstSignalStartsACapture()
    {
        _machine.Signal();

        Assert.Equal(SignalRequest.Start, _machine.TakeRequest());
        Assert.Equal(CaptureState.Baseline, _machine.State);
    }

    [Fact]
    public void RequestIsTakenOnce()
    {
        _machine.Signal();
        _machine.TakeRequest();

        Assert.Equal(SignalRequest.None, _machine.TakeRequest());
    }

    [Fact]
    public void SecondSignalInTheWindowFinishes()
    {
        StartAndEnter(CapturePhase.Window);

        SignalAfterSeconds(5);

        Assert.Equal(SignalRequest.Finish, _machine.TakeRequest());
        Assert.Equal(CaptureState.Final, _machine.State);
        Assert.Equal(0, Coalesced());
    }

    [Fact]
    public void SignalElsewhereIsCoalesced()
    {
        StartAndEnter(CapturePhase.Baseline);
        foreach (var phase in new[] { CapturePhase.Baseline, CapturePhase.Final, CapturePhase.Diff, CapturePhase.Report })
        {
            _machine.Entered(phase);
            SignalAfterSeconds(5);
            _time.Advance(TwoSignalMachine.BurstGap);

            Assert.Equal(SignalRequest.None, _machine.TakeRequest());
            Assert.Equal(1, Coalesced());
        }
    }

    [Fact]
    public void SignalAfterTheEndStartsTheNextCapture()
    {
        StartAndEnter(CapturePhase.Report);
        _machine.Ended();

        SignalAfterSeconds(5);

        Assert.Equal(SignalRequest.Start, _machine.TakeRequest());
    }

    [Fact]
    public void StormOfAThousandWithinASecondIsOneStartThoughTheBaselineIsDoneWithinIt()
    {
        for (int signal = 0; signal < 1000; signal++)
        {
            _machine.Signal();
            if (signal == 300)
            {
                Assert.Equal(SignalRequest.Start, _machine.TakeRequest());
                _machine.Entered(CapturePhase.Window);
            }

            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(SignalRequest.None, _machine.TakeRequest());
        Assert.Equal(CaptureState.Window, _machine.State);
        _time.Advance(TwoSignalMachine.BurstGap);
        Assert.Equal(1000 - 1, Coalesced());
    }

    [Fact]
    public void SingleSignalAfterAStormFinishes()
    {
        StormOfAThousandWithinASecondIsOneStartThoughTheBaselineIsDoneWithinIt();

        SignalAfterSeconds(2);

        Assert.Equal(SignalRequest.Finish, _machine.TakeRequest());
    }

    [Fact]
    public void StormThatOutlivesItsCaptureStartsNoOther()
    {
        _machine.Signal();
        _machine.TakeRequest();
        _machine.Ended();

        _time.Advance(TimeSpan.FromMilliseconds(249));
        _machine.Signal();

        Assert.Equal(SignalRequest.None, _machine.TakeRequest());
        Assert.Equal(CaptureState.Idle, _machine.State);
    }

    [Fact]
    public void BurstSlidesWithEachOfItsSignals()
    {
        StartAndEnter(CapturePhase.Window);

        for (int signal = 0; signal < 10; signal++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(249));
            _machine.Signal();
        }

        Assert.Equal(SignalRequest.None, _machine.TakeRequest());
    }

    [Fact]
    public void SignalAtTheGapIsOfItsOwn()
    {
        StartAndEnter(CapturePhase.Window);

        _time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal(0, Coalesced());
        _machine.Signal();

        Assert.Equal(SignalRequest.Finish, _machine.TakeRequest());
    }

    [Fact]
    public void SignalsThatHadToWaitBelongToTheBurstThoughTheyAreHeardLate()
    {
        StartAndEnter(CapturePhase.Window);

        _time.Advance(TimeSpan.FromSeconds(5));
        _machine.Signal();

        Assert.Equal(SignalRequest.None, _machine.TakeRequest());
        _time.Advance(TwoSignalMachine.BurstGap);
        Assert.Equal(1, Coalesced());
    }

    [Fact]
    public void CoalescedSignalsAreToldOnceAndOnlyWhenTheBurstIsOver()
    {
        StartAndEnter(CapturePhase.Final);
        SignalAfterSeconds(1);
        _time.Advance(TimeSpan.FromMilliseconds(100));

        Assert.False(_machine.TryEndBurst(out var quietIn, out int coalesced));
        Assert.Equal((TimeSpan.FromMilliseconds(250 - 100), 0), (quietIn, coalesced));
        _time.Advance(quietIn);
        Assert.True(_machine.TryEndBurst(out quietIn, out coalesced));
        Assert.Equal((TimeSpan.Zero, 1), (quietIn, coalesced));
        Assert.Equal(0, Coalesced());
    }

    [Fact]
    public void WindowThatWasAskedToEndDoesNotComeBack()
    {
        StartAndEnter(CapturePhase.Window);
        SignalAfterSeconds(1);

        _machine.Entered(CapturePhase.Window);

        Assert.Equal(CaptureState.Final, _machine.State);
    }

    [Fact]
    public void LateProgressDoesNotReviveAnEndedCapture()
    {
        StartAndEnter(CapturePhase.Window);
        _machine.Ended();

        _machine.Entered(CapturePhase.Final);

        Assert.Equal(CaptureState.Idle, _machine.State);
    }

    [Fact]
    public void ConcurrentSignalsAreOneStart()
    {
        Parallel.For(0, 1000, _ => _machine.Signal());

        Assert.Equal(SignalRequest.Start, _machine.TakeRequest());
        _time.Advance(TwoSignalMachine.BurstGap);
        Assert.Equal(1000 - 1, Coalesced());
    }

    private void StartAndEnter(CapturePhase phase)
    {
        _machine.Signal();
        _machine.TakeRequest();
        _machine.Entered(phase);
    }

    private void SignalAfterSeconds(int seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.True(_machine.TryEndBurst(out _, out _));
        _machine.Signal();
    }

    private int Coalesced() => _machine.TryEndBurst(out _, out int coalesced) ? coalesced : 0;
}
