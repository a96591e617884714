using HeapDrift.Collector.Engines.CopyOnWrite.Freezing;

// Freezes the process of its first argument, lets go and reaps, over and over, until it is killed. One line for each round:
// "frozen PAUSE_MICROSECONDS", or what stood in the way. A second argument is the number of rounds, or --hold to keep the first copy.

var pid = int.Parse(args[0]);
if (args.Contains("--hold"))
{
    using var held = FrozenCopy.Take(pid, TimeSpan.FromSeconds(5));
    Console.WriteLine($"holds {held.Pid}");
    Thread.Sleep(Timeout.Infinite);
}

var rounds = args.Length > 1 ? int.Parse(args[1]) : int.MaxValue;
for (var round = 0; round < rounds; round++)
{
    try
    {
        double pause;
        using (var copy = FrozenCopy.Take(pid, TimeSpan.FromMilliseconds(200)))
        {
            pause = copy.Pause.TotalMicroseconds;
        }

        CopyReaper.Sweep(pid);
        Console.WriteLine($"frozen {pause:0}");
    }
    catch (FreezeException refused)
    {
        Console.WriteLine($"{refused.Failure}: {refused.Message}");
    }
}
