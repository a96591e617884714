using HeapDrift.Profiling.Allocations;

namespace HeapDrift.Profiling.Tests.Allocations;

public sealed class SampleTrackerTests
{
    private const ulong Young = 0x1000_0000;
    private const ulong Middle = 0x2000_0000;
    private const ulong Old = 0x3000_0000;
    private const ulong Large = 0x4000_0000;
    private const ulong RegionBytes = 0x100_0000;
    private const ulong Type = 0x7f00;

    private readonly SampleTracker _tracker = new(new Random(1));
    private int _collections;

    [Fact]
    public void WhatACollectionMovesIsFoundAtItsNewPlaceAndTheRestIsGone()
    {
        Allocate(Young + 0x100);
        Allocate(Young + 0x200);

        Collect(0, (Young + 0x200, Middle + 0x40, 0x20));

        Assert.Equal([Middle + 0x40], Addresses());
    }

    [Fact]
    public void WhatACollectionLeavesWhereItIsStaysThere()
    {
        Allocate(Young + 0x100);
        Allocate(Young + 0x200);

        Collect(0, (Young + 0x80, Young + 0x80, 0x100));

        Assert.Equal([Young + 0x100], Addresses());
    }

    [Fact]
    public void AnObjectWithinARangeMovesByItsDistance()
    {
        Allocate(Young + 0x100);

        Collect(0, (Young + 0x80, Middle + 0x10, 0x100));

        Assert.Equal([Middle + 0x90], Addresses());
    }

    [Fact]
    public void ACollectionOfYoungObjectsLeavesTheOldOnesAlone()
    {
        Allocate(Young + 0x100);
        Collect(0, (Young + 0x100, Middle, 0x20));
        Collect(1, (Middle, Old, 0x20));
        Allocate(Large + 0x10);

        Collect(0);
        Collect(1);

        Assert.Equal([Old, Large + 0x10], Addresses().Order());
    }

    [Fact]
    public void ACollectionOfEverythingJudgesOldAndLargeObjectsToo()
    {
        Allocate(Young + 0x100);
        Collect(0, (Young + 0x100, Middle, 0x20));
        Collect(1, (Middle, Old, 0x20));
        Allocate(Large + 0x10);
        Allocate(Large + 0x1000);

        Collect(2, (Old, Old + 0x500, 0x20), (Large + 0x1000, Large + 0x1000, 0x800));

        Assert.Equal([Old + 0x500, Large + 0x1000], Addresses().Order());
        Assert.Equal(1, _tracker.FullCollections);
    }

    [Fact]
    public void ACollectionInTheBackgroundJudgesWhatWasOldWhenItBegan()
    {
        Allocate(Young + 0x100);
        Allocate(Young + 0x200);
        Collect(0, (Young + 0x100, Middle, 0x200));
        Collect(1, (Middle, Old, 0x200));
        Allocate(Young + 0x300);

        int background = ++_collections;
        _tracker.Begin(background, 2, isInBackground: true);
        Describe();
        Collect(1, (Young + 0x300, Old + 0x1000, 0x20));
        _tracker.Survive(Old, 0x20);
        Describe();
        _tracker.End(background);

        Assert.Equal([Old, Old + 0x1000], Addresses().Order());
    }

    [Fact]
    public void ACollectionInTheBackgroundMayBeginWithOneOfTheYoungWhichMovesThem()
    {
        Allocate(Young + 0x100);
        Allocate(Young + 0x200);

        int background = ++_collections;
        _tracker.Begin(background, 2, isInBackground: true);
        Describe();
        _tracker.Move(Young + 0x100, Middle + 0x40, 0x20);
        Describe();
        Assert.Equal([Middle + 0x40], Addresses());

        // The program runs again, where the young were before.
        Allocate(Young + 0x100);
        Allocate(Young + 0x200);
        _tracker.Survive(Old, 0x20);
        Describe();
        _tracker.End(background);

        Assert.Equal([Young + 0x100, Young + 0x200, Middle + 0x40], Addresses().Order());
    }

    [Fact]
    public void RangesMayComeInAnyOrder()
    {
        Allocate(Young + 0x100);
        Allocate(Young + 0x900);

        Collect(0, (Young + 0x900, Middle + 0x100, 0x20), (Young + 0x100, Middle, 0x20));

        Assert.Equal([Middle, Middle + 0x100], Addresses().Order());
    }

    [Fact]
    public void TheEndOfACollectionThatBeganBeforeIsNoHarm()
    {
        Allocate(Young + 0x100);

        _tracker.Survive(Young + 0x500, 0x20);
        _tracker.End(7);

        Assert.Equal([Young + 0x100], Addresses());
    }

    [Fact]
    public void WhereSamplesBecomeTooManyThoseThatStayStandForTheOthers()
    {
        var tracker = new SampleTracker(new Random(5), mostSamples: 1_000);
        const int allocated = 100_000;
        for (int number = 0; number < allocated; number++)
        {
            tracker.Allocate(Old + ((ulong)number * 32), Type, 32, 1, [1], number);
        }

        Assert.InRange(tracker.Samples.Count, 300, 1_000);
        Assert.Equal(allocated, tracker.Seen);
        Assert.InRange(tracker.Samples.Sum(sample => 1 / sample.Probability), allocated * 0.85, allocated * 1.15);
    }

    [Fact]
    public void StacksOfObjectsThatAreGoneAreForgotten()
    {
        var tracker = new SampleTracker(new Random(5), mostSamples: 100_000, mostStackEntries: 1_000);
        for (ulong number = 0; number < 20_000; number++)
        {
            tracker.Allocate(Young + (number * 32), Type, 32, 1, [number, 1, 2], 0);
            if (number % 100 == 99)
            {
                tracker.Begin((int)number, 0, isInBackground: false);
                tracker.DescribeGeneration(0, Young, RegionBytes);
                tracker.Survive(Young + (number * 32), 32);
                tracker.End((int)number);
            }
        }

        Assert.InRange(tracker.Stacks.Entries, 1, 1_000);
        Assert.Equal(199 * 100UL + 99, tracker.Stacks.FramesOf(tracker.Samples[^1].Stack)[0]);
    }

    [Fact]
    public void TenMillionSamplesTakeNoMoreMemoryThanTheFirstHundredThousand()
    {
        var tracker = new SampleTracker(new Random(5));
        ulong[] stack = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
        const int perCollection = 10_000;
        for (int collection = 1; collection <= 1_000; collection++)
        {
            for (int number = 0; number < perCollection; number++)
            {
                stack[0] = (ulong)(number % 2_000);
                tracker.Allocate(Young + ((ulong)number * 64), Type, 64, 0.1, stack, 0);
            }

            tracker.Begin(collection, 0, isInBackground: false);
            tracker.DescribeGeneration(0, Young, RegionBytes);
            tracker.Move(Young, Old + ((ulong)collection * 0x10000), 64 * 100);
            tracker.DescribeGeneration(2, Old, 0x4000_0000);
            tracker.End(collection);
        }

        Assert.Equal(10_000_000, tracker.Seen);
        Assert.InRange(tracker.Samples.Count, 1, SampleTracker.DefaultSamples);
        Assert.InRange(tracker.Stacks.Entries, 1, SampleTracker.DefaultStackEntries);
        Assert.InRange(tracker.Samples.Sum(sample => 1 / sample.Probability), 100_000 * 10 * 0.97, 100_000 * 10 * 1.03);
    }

    private void Allocate(ulong address) => _tracker.Allocate(address, Type, 0x20, 1, [1, 2, 3], 0);

    private IEnumerable<ulong> Addresses() => _tracker.Samples.Select(sample => sample.Address);

    private void Collect(int generation, params (ulong From, ulong To, ulong Bytes)[] moves)
    {
        int number = ++_collections;
        _tracker.Begin(number, generation, isInBackground: false);
        Describe();
        foreach ((ulong from, ulong to, ulong bytes) in moves)
        {
            _tracker.Move(from, to, bytes);
        }

        Describe();
        _tracker.End(number);
    }

    private void Describe()
    {
        _tracker.DescribeGeneration(3, Large, RegionBytes);
        _tracker.DescribeGeneration(2, Old, RegionBytes);
        _tracker.DescribeGeneration(1, Middle, RegionBytes);
        _tracker.DescribeGeneration(0, Young, RegionBytes);
    }
}
