using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Tests.Heap;

public sealed class StableNameTests
{
    [Theory]
    [InlineData("Shop.Job+<>c__DisplayClass12_0", "Shop.Job+<>c__DisplayClass")]
    [InlineData("Shop.Job+<Run>d__5", "Shop.Job+<Run>d__")]
    [InlineData("static Shop.Job+<>c.<>9__3_0", "static Shop.Job+<>c.<>9__")]
    [InlineData("static Shop.Job+<>O.<0>__Handle", "static Shop.Job+<>O.<>__Handle")]
    [InlineData("<>f__AnonymousType0<System.Int32>", "<>f__AnonymousType<System.Int32>")]
    [InlineData("Shop.Job+<Run2>g__Local3|4_5", "Shop.Job+<Run2>g__Local3|")]
    [InlineData("Shop.<Cart>F9B992BC30B28550ADEDC8F0681F67BF05B68367B56E9FB5674823C494EC847EC__Hidden", "Shop.<Cart>F__Hidden")]
    [InlineData("Shop.Cache`2+Entry`1[]", "Shop.Cache+Entry[]")]
    [InlineData("Shop.Load@12-1", "Shop.Load@")]
    [InlineData("Shop.Cart+_Closure$__12-0", "Shop.Cart+_Closure$__")]
    [InlineData("Shop.Cart+VB$StateMachine_12_Load", "Shop.Cart+VB$StateMachine__Load")]
    public void WhatCompilersNumberIsLeftOut(string name, string expected) => Assert.Equal(expected, StableName.Of(name));

    [Theory]
    [InlineData("Shop.Table__1")]
    [InlineData("Shop.Page2<Shop.Line3>")]
    [InlineData("static Shop.Cache.Sessions_2026")]
    [InlineData("Shop.Data12_0[,]")]
    public void WhatPeopleNumberStays(string name) => Assert.Equal(name, StableName.Of(name));
}
