using HeapDrift.Profiling.Stacks;

namespace HeapDrift.Profiling.Tests.Stacks;

public sealed class NearbyILTests
{
    private const int Epilog = -3;

    [Fact]
    public void CodeWithILOfItsOwnIsThatStatement() => Assert.Equal(7, Find("PP1177", at: 5));

    [Fact]
    public void TheBeginningOfAMethodIsItsFirstStatement() => Assert.Equal(0, Find("PP1177", at: 1));

    [Fact]
    public void CodeWithoutILBelongsToThePieceBefore() => Assert.Equal(1, Find("PP11--77", at: 5));

    /// <summary>A loop that was replaced while it ran: its body comes right after the prolog, which is no statement.</summary>
    [Fact]
    public void CodeBehindThePrologBelongsToThePieceAfter() => Assert.Equal(7, Find("PP--77", at: 2));

    [Fact]
    public void TheEpilogBelongsToThePieceBefore() => Assert.Equal(7, Find("PP77EE", at: 5));

    [Fact]
    public void AnotherMethodIsNotAsked() => Assert.Null(Find("7.--.7", at: 2));

    [Fact]
    public void WhatIsFarAwayIsNotTaken() => Assert.Null(Find($"7{new string('-', (2 * NearbyIL.MostBytes) + 1)}7", at: NearbyIL.MostBytes + 1));

    /// <summary>One letter a byte: a digit is an IL offset, a dot another method's code.</summary>
    private static int? Find(string code, int at)
    {
        const ulong Start = 0x7000;
        return NearbyIL.Find(Start + (ulong)at, address => (address < Start || address >= Start + (ulong)code.Length ? '.' : code[(int)(address - Start)]) switch
        {
            '.' => null,
            '-' => NearbyIL.NoMapping,
            'P' => NearbyIL.Prolog,
            'E' => Epilog,
            char digit => digit - '0',
        });
    }
}
